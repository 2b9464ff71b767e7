import { parseArgs } from 'node:util';
import { z } from 'zod';
import { deviceChoices } from '../../fixtures/stack/model/device.ts';

const models = z
  .array(z.string().regex(/^[^=]+=.+$/, 'must be ID=PATH'))
  .min(1, 'name at least one model: --model ID=PATH')
  .transform((list) =>
    list.map((entry) => ({ id: entry.slice(0, entry.indexOf('=')), path: entry.slice(entry.indexOf('=') + 1) })),
  );

const whole = z.coerce.number().int();

const schema = z.object({
  model: models,
  host: z.string().default('127.0.0.1'),
  port: whole.min(0).max(65_535).default(0),
  device: z.enum(deviceChoices).default('auto'),
  threads: whole.min(1).max(256).optional(),
  slots: whole.min(1).max(64).default(8),
  context: whole.min(64).default(4096),
  queue: whole.min(0).default(256),
  seed: whole.min(0).max(0xffff_ffff).default(0),
  temperature: z.coerce.number().min(0).max(2).default(0),
  'drain-ms': whole.min(0).default(5_000),
  'api-key-env': z.string().default('MODEL_SERVER_API_KEY'),
  lazy: z.boolean().default(false),
  'exit-with-parent': z.boolean().default(false),
});

export type ServerOptions = z.infer<typeof schema>;

const flags = new Set(['lazy', 'exit-with-parent']);

/** The command line as options; throws one message that names every flag that is wrong. */
export function parseOptions(args: readonly string[]): ServerOptions {
  const options = Object.fromEntries(
    Object.keys(schema.shape).map((name) => [
      name,
      flags.has(name) ? { type: 'boolean' as const } : { type: 'string' as const, multiple: name === 'model' },
    ]),
  );
  const { values } = parseArgs({ args: [...args], options, strict: true });
  const parsed = schema.safeParse({ ...values, model: values['model'] ?? [] });
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map((issue) => `--${issue.path[0]?.toString()}: ${issue.message}`).join('; '));
}
