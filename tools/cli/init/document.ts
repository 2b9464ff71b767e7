import { type CapabilityName, capabilityNames, definitionOf } from '../../../fixtures/target/profile/capabilities.ts';
import { type Ask, succeeded } from './ask.ts';

/** What a service's OpenAPI document says, as far as a profile needs it. */
export interface Described {
  readonly path: string;
  readonly version: string;
  /** `POST /v1/chat/completions`, path parameters without their names. */
  readonly operations: ReadonlySet<string>;
  /** The header that carries the API key, where the document names one. */
  readonly keyHeader: string | undefined;
}

const usual = ['/openapi.json', '/api/openapi.json', '/v1/openapi.json', '/v3/api-docs', '/swagger.json', '/docs/json'];

type Json = Record<string, unknown>;

/** The document, at one of its usual places; undefined where there is none. */
export async function readDocument(ask: Ask): Promise<Described | undefined> {
  for (const path of usual) {
    const said = await ask('GET', path);
    const document = said.json as Json | null | undefined;
    const version = document?.['openapi'] ?? document?.['swagger'];
    if (!succeeded(said) || !document || typeof version !== 'string') continue;
    const operations = Object.entries((document['paths'] ?? {}) as Record<string, Json>).flatMap(([at, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${nameless(at)}`),
    );
    return { path, version, operations: new Set(operations), keyHeader: keyHeaderOf(document) };
  }
  return undefined;
}

/** The capabilities all of whose usual endpoints the document lists. */
export function capabilitiesIn({ operations }: Described): CapabilityName[] {
  const paths = new Set([...operations].map((operation) => operation.split(' ')[1]));
  return capabilityNames.filter((name) => {
    const needed = Object.values(definitionOf(name).paths);
    return needed.length > 0 && needed.every((path) => paths.has(nameless(path)));
  });
}

const nameless = (path: string): string => path.replace(/\{[^}]*\}/g, '{}');

function keyHeaderOf(document: Json): string | undefined {
  const components = document['components'] as Json | undefined;
  const schemes = Object.values(
    (components?.['securitySchemes'] ?? document['securityDefinitions'] ?? {}) as Record<string, Json>,
  );
  return schemes.find(({ type, in: place }) => type === 'apiKey' && place === 'header')?.['name'] as string | undefined;
}
