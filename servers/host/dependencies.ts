import path from 'node:path';
import { type Config, loadConfig } from '../../fixtures/config/index.ts';
import { settings } from '../../fixtures/config/settings.ts';
import { chooseProviders } from '../../fixtures/stack/choice.ts';
import type { ModelLease, ProviderReport } from '../../fixtures/stack/lease/protocol.ts';
import {
  type Determinism,
  measureDeterminism,
  type StartedModel,
  startModel,
} from '../../fixtures/stack/model/index.ts';
import { modelOptions } from '../../fixtures/stack/model/settings.ts';
import { type StartedPostgres, startPostgres } from '../../fixtures/stack/postgres/index.ts';
import { shown } from '../../fixtures/text/shown.ts';
import { suggest } from '../../fixtures/text/suggest.ts';
import { type Boot, createBoot } from './boots.ts';

export interface Context {
  runDir: string;
  config: Config;
  own(pid: number, as?: 'watched'): void;
  progress(line: string): void;
  /** Where spans are to be sent. */
  tracesUrl(): Promise<string>;
}

/** Postgres of the run, booted by the first caller. */
export function bootstrapPostgres(context: Context): Boot<StartedPostgres, { version: string }> {
  const { config } = context;
  return createBoot(
    () =>
      startPostgres({
        ...chooseProviders(config).postgres,
        ...(config.DATABASE_URL ? { url: config.DATABASE_URL } : {}),
        ...(config.POSTGRES_IMAGE ? { image: config.POSTGRES_IMAGE } : {}),
        bootMs: config.PLUMBLINE_BOOT_TIMEOUT_MS,
        cacheDir: config.PLUMBLINE_CACHE_DIR,
        runDir: context.runDir,
        progress: context.progress,
        own: context.own,
        signal: AbortSignal.timeout(config.PLUMBLINE_BOOT_TIMEOUT_MS),
      }),
    ({ report: { detail, ...report } }) => ({
      value: { version: report.version },
      report: { role: 'postgres', ...report, detail: { ...detail, version: report.version } } as ProviderReport,
    }),
  );
}

interface MeasuredModel extends StartedModel {
  determinism: Determinism;
}

/** The model server of the run, booted by the first caller, its determinism measured before anybody else talks to it. */
export function bootstrapModel(context: Context): Boot<MeasuredModel, ModelLease> {
  const { config } = context;
  return createBoot(
    async () => {
      const started = await startModel({
        ...modelOptions(config),
        tracesUrl: await context.tracesUrl(),
        logFile: path.join(context.runDir, 'model.log'),
        progress: context.progress,
        own: context.own,
        signal: AbortSignal.timeout(config.PLUMBLINE_BOOT_TIMEOUT_MS),
      });
      try {
        const { url, apiKey } = started;
        const probe = { url, model: config.MODEL_ID, ...(apiKey ? { apiKey } : {}) };
        const signal = AbortSignal.timeout(config.PLUMBLINE_BOOT_TIMEOUT_MS);
        const determinism = await measureDeterminism({ ...probe, signal }).catch((error: Error) => {
          const refused = /got 4(00|04|22) /.test(error.message);
          throw (refused && unknownModel(config, started.report.models)) || error;
        });
        return { ...started, determinism };
      } catch (error) {
        await started.stop();
        throw error;
      }
    },
    ({ url, apiKey, determinism, report }) => ({
      value: { url, ...(apiKey ? { apiKey } : {}), models: [...report.models], determinism },
      report: {
        role: 'model',
        provider: report.provider,
        reason: report.reason,
        ms: report.ms,
        detail: {
          ...report.detail,
          device: report.device,
          gpuLayers: report.gpuLayers,
          memoryMiB: mebibytes(report.memory.cpuBytes),
          gpuMemoryMiB: mebibytes(report.memory.gpuBytes),
          threads: report.threads,
          models: report.models.join(', '),
          determinism: determinism.tier,
          ...(determinism.firstDivergence ? { firstDivergence: determinism.firstDivergence } : {}),
        },
      },
    }),
  );
}

/** A server may take names that it does not list: only one that refused it is asked whether it lists the model. */
function unknownModel({ MODEL_ID: id }: Config, listed: readonly string[]): Error | undefined {
  if (listed.includes(id)) return undefined;
  const given = id !== loadConfig({}).MODEL_ID ? '' : ', which is what it is when it is not set,';
  const models = listed.length > 0 ? suggest(id, listed) : 'It lists none.';
  return new Error(
    `MODEL_ID=${shown(id)}${given} is no model of this server. Allowed: ${settings.MODEL_ID.allowed}. ${models} Set MODEL_ID to one that it has.`,
  );
}

const mebibytes = (bytes: number): number => Math.round((bytes / 2 ** 20) * 10) / 10;
