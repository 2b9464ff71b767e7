import { z } from 'zod';
import { boundedText } from '../texts.ts';
import { versionPattern } from './versions.ts';

/** Without a colon, which separates name and version, and without a slash, which separates paths. */
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'letters, digits, dots, dashes; at most 100');
const version = z.string().regex(versionPattern, 'a semantic version: 1.0.0, 2.1.0-rc.1');
const tag = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,39}$/, 'lower-case letters, digits, dots, dashes; at most 40');
const status = z.enum(['active', 'deprecated', 'disabled']);
const maxTags = 20;
const tags = z
  .array(tag)
  .max(maxTags)
  .refine((list) => new Set(list).size === list.length, 'names a tag twice')
  .meta({ uniqueItems: true });

const parameterName = /^[a-z][a-z0-9_]{0,39}$/;
/** The first three are defaults for inferences; other fields are stored unchanged. */
const parameters = z
  .object({
    temperature: z.number().min(0).max(2).optional(),
    max_tokens: z.number().int().min(1).max(8_192).optional(),
    seed: z.number().int().min(0).max(2_147_483_647).optional(),
  })
  .catchall(z.union([boundedText(0, 500), z.number(), z.boolean(), z.null()]))
  .refine((map) => Object.keys(map).every((key) => parameterName.test(key)), 'a name is not lower_snake_case')
  .refine((map) => Object.keys(map).length <= 30, 'more than 30 parameters')
  .meta({ propertyNames: { pattern: parameterName.source }, maxProperties: 30 });

const fields = {
  name,
  version,
  served_id: boundedText(1, 200).describe('The id under which the model server serves it'),
  description: boundedText(0, 2_000).nullable(),
  tags,
  parameters,
  status,
};

/** A whole model, for POST and PUT. */
export const modelBody = z
  .strictObject({
    ...fields,
    description: fields.description.default(null),
    tags: tags.default([]),
    parameters: parameters.default({}),
    status: status.default('active'),
  })
  .meta({ id: 'ModelBody' });

export const modelPatch = z
  .strictObject(fields)
  .partial()
  .refine((patch) => Object.keys(patch).length > 0, 'changes nothing')
  .meta({ id: 'ModelPatch', minProperties: 1 });

export const registeredModel = z
  .object({ id: z.uuid(), ...fields, revision: z.int(), created_at: z.iso.datetime(), updated_at: z.iso.datetime() })
  .meta({ id: 'RegisteredModel' });

/** Unknown parameters are refused: a mistyped filter would silently list everything. */
export const listQuery = z.strictObject({
  name: name.optional(),
  tag: tag.optional(),
  status: status.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
});

export const modelList = z
  .object({ items: z.array(registeredModel), total: z.int(), limit: z.int(), offset: z.int() })
  .meta({ id: 'RegisteredModelList' });

export const byId = z.object({ id: z.uuid() });
export const byVersion = z.object({ name, version: z.union([z.literal('latest'), version]) });

export type ModelBody = z.output<typeof modelBody>;
export type ModelPatch = z.output<typeof modelPatch>;
export type RegisteredModel = z.output<typeof registeredModel>;
export type ListQuery = z.output<typeof listQuery>;
export type ModelList = z.output<typeof modelList>;
