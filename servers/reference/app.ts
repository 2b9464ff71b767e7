import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { createAuth } from './auth/auth.ts';
import { backendsPlugin } from './backends/plugin.ts';
import { platformCapabilities } from './capabilities.ts';
import type { Config } from './config.ts';
import { openDatabase } from './databases/database.ts';
import { handleErrors, sendProblem } from './errors/handling.ts';
import { refuseOtherMethods } from './errors/methods.ts';
import { refuseUnreadable } from './errors/unreadable.ts';
import { inferencePlugin } from './inference/plugin.ts';
import { logRequests } from './logging/requests.ts';
import { openModels } from './model/access.ts';
import { identifyRequests, requestId } from './operations/identity.ts';
import { type Lifecycle, manageLifecycle } from './operations/lifecycle.ts';
import { measureRequests } from './operations/measure.ts';
import { createMetrics, observePools } from './operations/metrics.ts';
import { publishOpenApi } from './operations/openapi.ts';
import { operationsPlugin } from './operations/plugin.ts';
import { createChecks, type Pingable } from './operations/readiness.ts';
import { openPlatform, platformName } from './platform/platform.ts';
import { secure } from './security/security.ts';
import { sqlPlugin } from './sql/plugin.ts';
import { openStores } from './stores.ts';
import { traceRequests } from './tracing/requests.ts';
import { startTracing } from './tracing/start.ts';

/** Far above the longest question, so that the schema refuses a question that is too long, and names the field. */
const bodyLimit = 256 * 1_024;

/**
 * Builds the service. Only its own database is connected now; other dependencies are connected at their first use.
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
    // Each route limits the length of its parameters itself, and refuses longer ones with a problem document.
    routerOptions: { maxParamLength: 16_384 },
    trustProxy: config.TRUST_PROXY,
    // A client that sends its request very slowly must not hold a connection for ever.
    requestTimeout: config.REQUEST_TIMEOUT_MS,
    http: {
      headersTimeout: config.REQUEST_TIMEOUT_MS,
      // Node's default is every 30 s, which could double the time-out.
      connectionsCheckingInterval: Math.min(1_000, config.REQUEST_TIMEOUT_MS / 2),
    },
    // While stopping, manageLifecycle refuses requests with a problem document.
    return503OnClosing: false,
    frameworkErrors: sendProblem,
    clientErrorHandler: refuseUnreadable,
  });
  app.removeContentTypeParser('text/plain');
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);

  const platform = config.DATABASE_URL && (await openPlatform(config, config.DATABASE_URL, logger));
  const metrics = createMetrics();
  const models = openModels(config, metrics, platform || undefined, logger);
  const { model, backends } = models;
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
  const auth = platform ? await createAuth(app, config, platform) : undefined;
  await secure(app, config, auth);
  const sealMethods = refuseOtherMethods(app);
  await publishOpenApi(app);

  const ours: [string, Pingable][] = platform ? [[platformName, platform]] : [];
  const checks = createChecks(config, model, new Map<string, Pingable>([...ours, ...databases]));
  const shared = { config, model, databases, metrics, lifecycle, checks };
  const stores = platform ? await openStores(config, platform, metrics, checks, logger) : undefined;
  await app.register(operationsPlugin, shared);
  await app.register(sqlPlugin, shared);
  await app.register(inferencePlugin, { ...shared, ...models, auth });
  await app.register(backendsPlugin, { backends, auth });
  if (platform && auth && stores) {
    const services = { ...shared, ...stores, platform, auth };
    for (const capability of platformCapabilities) await capability(app, services);
  }
  sealMethods();

  app.addHook('onReady', async () => backends.watch());
  app.addHook('onClose', async () => {
    // Jobs close first, because they use the rest.
    stores?.jobs.interrupt();
    if (platform) await platform.end(config.SHUTDOWN_TIMEOUT_MS);
    await stores?.end();
    await Promise.allSettled([backends.close(), ...[...databases.values()].map((database) => database.end())]);
  });
  return { app, lifecycle };
}
