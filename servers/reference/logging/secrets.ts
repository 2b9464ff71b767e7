import type { Config } from '../config.ts';

type Secrets =
  | 'MODEL_SERVER_API_KEY'
  | 'MODEL_BACKENDS'
  | 'SQL_DATABASES'
  | 'DATABASE_URL'
  | 'VECTOR_DATABASE_URL'
  | 'CACHE_URL'
  | 'JWT_SECRET'
  | 'ADMIN_PASSWORD'
  | 'API_KEYS';

/** The settings' values, and parts of them, that must not be logged. */
export function secretsOf(config: Pick<Config, 'SQL_DATABASES'> & Partial<Pick<Config, Secrets>>): string[] {
  const urls = [config.DATABASE_URL, config.VECTOR_DATABASE_URL, config.CACHE_URL];
  return [
    config.MODEL_SERVER_API_KEY,
    config.JWT_SECRET,
    config.ADMIN_PASSWORD,
    ...(config.API_KEYS ?? []),
    ...(config.MODEL_BACKENDS ?? []).map(({ api_key }) => api_key),
    ...[...urls, ...Object.values(config.SQL_DATABASES)].flatMap(passwords),
  ].filter((secret) => secret !== undefined);
}

/** Percent-encoded and decoded, because either form may occur in a message. */
function passwords(url: string | undefined): string[] {
  const encoded = /^[a-z]+:\/\/[^:/@]*:([^@]+)@/i.exec(url ?? '')?.[1];
  if (encoded === undefined) return [];
  try {
    return [encoded, decodeURIComponent(encoded)];
  } catch {
    return [encoded];
  }
}
