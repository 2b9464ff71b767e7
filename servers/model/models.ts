import type { LoadedAddon } from './binding.ts';
import { ApiError } from './errors.ts';
import { type LoadedModel, type LoadOptions, loadModel, type ModelFile, type ModelInfo } from './loaded-model.ts';

type ModelState = 'unloaded' | 'loading' | 'loaded' | 'unloading' | 'failed';

export type ModelEntry = { id: string; state: ModelState; info: ModelInfo | undefined; error: string | undefined };

export type Models = {
  list(): ModelEntry[];
  /** Throws 404 `model_not_found`, naming the models there are. */
  entry(id: string): ModelEntry;
  /** The model, loaded now if it was not; 404 for an unknown one, 503 for one that cannot be loaded. */
  use(id: string): Promise<LoadedModel>;
  /** Lets what is running end, then frees the memory. */
  unload(id: string): Promise<void>;
  /** The models that are in memory. */
  loaded(): LoadedModel[];
};

type Seat = ModelEntry & { file: ModelFile; loading: Promise<LoadedModel> | undefined; model: LoadedModel | undefined };

/** The models that this server may serve: those given at start, each in memory once it was asked for. */
export function createModels(files: readonly ModelFile[], addon: LoadedAddon, options: LoadOptions): Models {
  const seats = new Map(
    files.map((file): [string, Seat] => [
      file.id,
      { id: file.id, file, state: 'unloaded', info: undefined, error: undefined, loading: undefined, model: undefined },
    ]),
  );
  const seat = (id: string): Seat => {
    const found = seats.get(id);
    if (found) return found;
    const known = [...seats.keys()].map((name) => `'${name}'`).join(', ');
    throw new ApiError(404, `The model '${id}' does not exist here; there are: ${known}.`, {
      code: 'model_not_found',
      param: 'model',
    });
  };

  const load = async (place: Seat): Promise<LoadedModel> => {
    place.state = 'loading';
    try {
      place.model = await loadModel(addon, place.file, options);
      place.info = place.model.info;
      place.error = undefined;
      place.state = 'loaded';
      return place.model;
    } catch (error) {
      place.state = 'failed';
      place.error = error instanceof Error ? error.message : String(error);
      throw new ApiError(503, `The model '${place.id}' could not be loaded: ${place.error}`, {
        code: 'model_load_failed',
        param: 'model',
      });
    } finally {
      place.loading = undefined;
    }
  };

  return {
    list: () => [...seats.values()].map(entryOf),
    entry: (id) => entryOf(seat(id)),
    async use(id) {
      const place = seat(id);
      if (place.state === 'unloading')
        throw new ApiError(503, `The model '${id}' is being unloaded.`, {
          code: 'model_unloading',
          param: 'model',
          retryAfterSeconds: 1,
        });
      if (place.model) return place.model;
      place.loading ??= load(place);
      return place.loading;
    },
    async unload(id) {
      const place = seat(id);
      const model = place.model ?? (await place.loading?.catch(() => undefined));
      if (!model || place.state === 'unloading') return;
      place.state = 'unloading';
      place.model = undefined;
      await model.dispose();
      place.state = 'unloaded';
      place.info = undefined;
    },
    loaded: () => [...seats.values()].flatMap(({ model }) => (model ? [model] : [])),
  };
}

function entryOf({ id, state, info, error }: Seat): ModelEntry {
  return { id, state, info, error };
}
