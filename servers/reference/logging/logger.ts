import { type Logger, pino } from 'pino';
import type { Config } from '../config.ts';
import { redactor } from './redact.ts';
import { secretsOf } from './secrets.ts';

/** A logger of JSON lines with ISO times, without secrets. `write` receives each line; default is standard output. */
export function createLogger(
  config: Pick<Config, 'LOG_LEVEL'> & Parameters<typeof secretsOf>[0],
  write: (line: string) => void = (line) => process.stdout.write(line),
): Logger {
  const redact = redactor(secretsOf(config));
  return pino(
    {
      level: config.LOG_LEVEL,
      base: { service: 'reference' },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ['*.authorization', '*.headers.authorization', '*.headers.cookie', '*.headers["x-api-key"]'],
    },
    { write: (line) => write(redact(line)) },
  );
}
