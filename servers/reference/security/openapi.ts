import type { RouteOptions } from 'fastify';
import { problemResponses } from '../errors/schema.ts';
import { speaksOpenAi } from '../inference/errors.ts';

type Schema = { security?: object[]; response?: Record<number, unknown>; hide?: boolean };

/** The security schemes. */
export const securitySchemes = {
  accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'Of register, login or refresh' },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'Where the service asks for one' },
} as const;

/**
 * Adds the security requirements and refusals to a route's schema, unless the route has its own.
 *
 * @param schemes any one of which is enough
 */
export function describeGuard(
  route: RouteOptions,
  schemes: (keyof typeof securitySchemes)[],
  refusals: Record<number, string>,
): void {
  const schema = route.schema as Schema | undefined;
  if (!schema || schema.hide) return;
  schema.security ??= schemes.map((scheme) => ({ [scheme]: [] }));
  // The routes of OpenAI's API list their refusals themselves, in OpenAI's shape.
  if (!speaksOpenAi(route.url)) schema.response = { ...problemResponses(refusals), ...schema.response };
}
