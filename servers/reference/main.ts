import { buildApp } from './app.ts';
import { readConfig } from './config.ts';
import { createLogger } from './logging/logger.ts';
import { stopOnSignals } from './stop.ts';

try {
  const config = readConfig(process.env);
  const logger = createLogger(config);
  const crash = (error: unknown) => {
    logger.fatal({ err: error }, 'crashed');
    process.exit(1);
  };
  process.on('uncaughtException', crash).on('unhandledRejection', crash);
  const { app, lifecycle } = await buildApp(config, logger);
  stopOnSignals(app, lifecycle, config.SHUTDOWN_TIMEOUT_MS);
  const url = await app.listen({ host: config.HOST, port: config.PORT });
  // The process that started the service waits for this line, so it does not depend on LOG_LEVEL.
  logger.child({}, { level: 'info' }).info({ event: 'listening', url }, 'listening');
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  // Open connections would keep the process alive without a listening server.
  process.exit(1);
}
