import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Auth } from '../auth/types.ts';
import type { BackendPool } from '../backends/pool.ts';
import type { Config } from '../config.ts';
import { openAiFailures } from '../inference/errors.ts';
import type { Lifecycle } from '../operations/lifecycle.ts';
import { loadPreset } from './load.ts';
import { findPreset, type Preset, presetView } from './presets.ts';
import { loadedPreset, presetList } from './schemas.ts';

type Options = {
  config: Config;
  backends: BackendPool;
  lifecycle: Lifecycle;
  auth: Auth | undefined;
  presets: ReadonlyMap<string, Preset>;
};

const json = <T extends z.ZodType>(description: string, schema: T) => ({
  description,
  content: { 'application/json': { schema } },
});

/** Listing the presets, and loading one. */
export const presetsPlugin: FastifyPluginAsyncZod<Options> = async (app, options) => {
  const { config, backends, lifecycle, auth, presets } = options;

  app.get(
    '/v1/presets',
    {
      schema: {
        tags: ['models'],
        summary: 'Named sets of models with roles',
        operationId: 'listPresets',
        response: { 200: json('Every preset', presetList), ...openAiFailures({}) },
      },
    },
    async () => ({ object: 'list' as const, data: [...presets.values()].map(presetView) }),
  );

  app.post(
    '/v1/presets/:name/load',
    {
      ...(auth ? { onRequest: auth.requireAdmin } : {}),
      schema: {
        tags: ['models'],
        summary: "Load a preset's models, if they fit its memory budget",
        operationId: 'loadPreset',
        params: z.object({ name: z.string().min(1).max(64) }),
        response: {
          200: json('The preset and what its models take', loadedPreset),
          ...openAiFailures({
            400: 'The request could not be read',
            403: 'Not an admin',
            404: 'There is no such preset, or a model of it is not there',
            409: 'The models take more memory than the preset allows',
            501: 'The model server cannot load models',
            502: 'The model server answered badly',
            504: 'The model server took too long',
          }),
        },
      },
    },
    async (request, reply) => {
      const preset = findPreset(request.params.name, presets, 404);
      const signal = AbortSignal.any([lifecycle.workSignal(reply), AbortSignal.timeout(config.MODEL_TIMEOUT_MS)]);
      const loaded = await loadPreset(preset, backends.all, signal);
      await auth?.audit(request, 'preset.load', preset.name);
      return loaded;
    },
  );
};
