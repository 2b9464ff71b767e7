import { type Logger, pino } from 'pino';
import type { Config } from '../config.ts';
import { redactor } from './redact.ts';

/** JSON lines with ISO times, secrets blotted out. `write` receives each line; by default standard output does. */
export function createLogger(
  config: Pick<Config, 'LOG_LEVEL' | 'MODEL_SERVER_API_KEY' | 'MODEL_BACKENDS' | 'SQL_DATABASES'>,
  write: (line: string) => void = (line) => process.stdout.write(line),
): Logger {
  const redact = redactor([
    config.MODEL_SERVER_API_KEY,
    ...(config.MODEL_BACKENDS ?? []).map(({ api_key }) => api_key),
    ...Object.values(config.SQL_DATABASES).flatMap(passwords),
  ]);
  return pino(
    {
      level: config.LOG_LEVEL,
      base: { service: 'reference' },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ['*.authorization', '*.headers.authorization', '*.headers.cookie', '*.apiKey', '*.password'],
    },
    { write: (line) => write(redact(line)) },
  );
}

/** Percent-encoded and decoded: either form may turn up in a message. */
function passwords(url: string): string[] {
  const encoded = /^[a-z]+:\/\/[^:/@]*:([^@]+)@/i.exec(url)?.[1];
  if (encoded === undefined) return [];
  try {
    return [encoded, decodeURIComponent(encoded)];
  } catch {
    return [encoded];
  }
}
