import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { createAuth } from './auth/auth.ts';
import { platformCapabilities } from './capabilities.ts';
import type { Config } from './config.ts';
import { openDatabase } from './databases/database.ts';
import { handleErrors, sendProblem } from './errors/handling.ts';
import { refuseOtherMethods } from './errors/methods.ts';
import { refuseUnreadable } from './errors/unreadable.ts';
import { logRequests } from './logging/requests.ts';
import { createLedger } from './model/calls.ts';
import { createModelClient } from './model/client.ts';
import { createRecords } from './model/records.ts';
import { identifyRequests, requestId } from './operations/identity.ts';
import { type Lifecycle, manageLifecycle } from './operations/lifecycle.ts';
import { measureRequests } from './operations/measure.ts';
import { createMetrics, observePools } from './operations/metrics.ts';
import { publishOpenApi } from './operations/openapi.ts';
import { operationsPlugin } from './operations/plugin.ts';
import { openPlatform } from './platform/platform.ts';
import { sqlPlugin } from './sql/plugin.ts';
import { traceRequests } from './tracing/requests.ts';
import { startTracing } from './tracing/start.ts';

/** Far above the longest question, so that one that is too long is told so by name. */
const bodyLimit = 256 * 1_024;

/**
 * Puts the service together. Only its own database is connected now; other dependencies are met when first needed.
 *
 * @returns the app, which is not listening, and its lifecycle for a graceful stop; `app.close()` frees what it holds
 */
export async function buildApp(
  config: Config,
  logger: FastifyBaseLogger,
): Promise<{ app: FastifyInstance; lifecycle: Lifecycle }> {
  await startTracing(config);
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: requestId,
    bodyLimit,
    // A client that dribbles its request in must not hold a connection for ever.
    requestTimeout: 15_000,
    // While stopping, manageLifecycle says so in the API's own words.
    return503OnClosing: false,
    frameworkErrors: sendProblem,
    clientErrorHandler: refuseUnreadable,
  });
  app.removeContentTypeParser('text/plain');
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);

  const platform = config.DATABASE_URL && (await openPlatform(config, config.DATABASE_URL, logger));
  const metrics = createMetrics();
  const ledger = createLedger(metrics, createRecords(platform || undefined, metrics, logger));
  const model = createModelClient(config, ledger);
  const databases = new Map(
    Object.entries(config.SQL_DATABASES).map(([name, url]) => {
      const warn = (err: Error) => logger.warn({ err, database: name }, 'idle database connection lost');
      return [name, openDatabase(name, url, config, warn)];
    }),
  );
  observePools(metrics, new Map([...databases].map(([name, { pool }]) => [name, pool])));

  handleErrors(app);
  traceRequests(app);
  identifyRequests(app);
  measureRequests(app, metrics);
  logRequests(app);
  const lifecycle = manageLifecycle(app);
  const sealMethods = refuseOtherMethods(app);
  await publishOpenApi(app);

  const shared = { config, model, databases, metrics, lifecycle };
  await app.register(operationsPlugin, shared);
  await app.register(sqlPlugin, shared);
  if (platform) {
    const services = { ...shared, platform, auth: await createAuth(app, config, platform) };
    for (const capability of platformCapabilities) await capability(app, services);
  }
  sealMethods();

  app.addHook('onClose', async () => {
    // Jobs first: they use the rest.
    if (platform) await platform.end(config.SHUTDOWN_TIMEOUT_MS);
    await Promise.allSettled([model.close(), ...[...databases.values()].map((database) => database.end())]);
  });
  return { app, lifecycle };
}
