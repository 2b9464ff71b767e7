import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { securitySchemes } from '../security/openapi.ts';
import { requestIdPattern } from './identity.ts';

type Header = { description: string; schema: { type: string }; required?: boolean };
type Operation = { parameters?: object[]; responses?: Record<string, { headers?: Record<string, Header> }> };

const requestId = { description: "The request's id, as sent or made", required: true, schema: { type: 'string' } };
const retryAfter = { description: 'Seconds to wait before the next try', schema: { type: 'integer' } };
const parameters = [
  {
    name: 'X-Request-Id',
    in: 'header',
    description: 'Echoed and logged',
    schema: { type: 'string', pattern: requestIdPattern.source },
  },
  { name: 'traceparent', in: 'header', description: 'W3C trace context, continued', schema: { type: 'string' } },
];

/** Collects the OpenAPI 3.1 document from the routes' schemas. Register before the routes. */
export async function publishOpenApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Plumbline reference service',
        version: '0.1.0',
        description: 'Questions in natural language, answered with verified rows. Errors are RFC 9457 problems.',
      },
      components: { securitySchemes },
      tags: [
        { name: 'operations', description: 'Health, readiness and metrics' },
        { name: 'auth', description: 'Accounts, sign-in and sessions' },
        { name: 'admin', description: 'What admins see and change' },
        { name: 'sql', description: 'Natural language to SQL to rows' },
        { name: 'models', description: 'Chat, completions, embeddings and presets, in the shapes of OpenAI' },
        { name: 'backends', description: 'The model servers behind this service, and how they are' },
        { name: 'documents', description: 'Texts and PDFs to ask about' },
        { name: 'jobs', description: 'What becomes of a document, as it happens' },
        { name: 'ask', description: 'Questions answered from documents, with citations' },
        { name: 'registry', description: 'Models by name and version' },
        { name: 'inference', description: 'One answer of a registered model' },
        { name: 'batches', description: 'Many answers of a registered model, in the background' },
      ],
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => withoutUnused(addHeaders(jsonSchemaTransformObject(document))),
  });
}

/** Adds the headers of hooks, which are in no route's schema, to every response. */
function addHeaders<T extends object>(document: T): T {
  const { paths = {} } = document as { paths?: Record<string, Record<string, Operation>> };
  for (const operation of Object.values(paths).flatMap((path) => Object.values(path))) {
    operation.parameters = [...(operation.parameters ?? []), ...parameters];
    for (const [status, response] of Object.entries(operation.responses ?? {}))
      response.headers = { 'X-Request-Id': requestId, ...(status === '503' ? { 'Retry-After': retryAfter } : {}) };
  }
  return document;
}

/** Every named schema has an input and an output form, of which most are used in only one. */
function withoutUnused<T extends object>(document: T): T {
  const text = JSON.stringify(document);
  const { schemas = {} } = (document as { components?: { schemas?: Record<string, unknown> } }).components ?? {};
  for (const name of Object.keys(schemas)) if (!text.includes(`"#/components/schemas/${name}"`)) delete schemas[name];
  return document;
}
