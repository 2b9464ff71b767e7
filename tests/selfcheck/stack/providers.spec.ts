import { expect, test } from '@playwright/test';
import { loadConfig } from '../../../fixtures/config/index.ts';
import { providerRules, type Role, roleNames } from '../../../fixtures/config/roles.ts';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { chooseProviders } from '../../../fixtures/stack/choice.ts';
import { images } from '../../../fixtures/stack/docker/images.ts';
import { misplaced } from '../../../fixtures/stack/misplaced.ts';
import { hubOptions, shellWords } from '../../../fixtures/stack/model/settings.ts';
import { imagesOf, registry, settle } from '../../../fixtures/stack/registry.ts';

type Row = [given: Record<string, string>, role: Role, provider: string, reason: string];

const rows: Row[] = [
  [{}, 'postgres', 'embedded', 'none of DATABASE_URL, POSTGRES_IMAGE is set'],
  [{}, 'model', 'embedded', 'none of MODEL_SERVER_URL, LLAMA_SERVER_BIN, MODEL_IMAGE is set'],
  [{}, 'vectors', 'embedded', 'none of VECTOR_DATABASE_URL is set'],
  [{}, 'cache', 'binary', 'none of CACHE_URL, CACHE_IMAGE is set'],
  [{}, 'mysql', 'binary', 'none of MYSQL_URL is set'],
  [{ PLUMBLINE_STACK: 'docker' }, 'mysql', 'binary', 'none of MYSQL_URL is set'],
  [{ MYSQL_URL: 'mysql://h/d' }, 'mysql', 'external', 'MYSQL_URL is set'],
  [{ PLUMBLINE_STACK: 'docker' }, 'postgres', 'docker', 'PLUMBLINE_STACK=docker'],
  [{ PLUMBLINE_STACK: 'docker' }, 'model', 'docker', 'PLUMBLINE_STACK=docker'],
  [{ PLUMBLINE_STACK: 'docker' }, 'vectors', 'docker', 'PLUMBLINE_STACK=docker'],
  [{ PLUMBLINE_STACK: 'docker' }, 'cache', 'docker', 'PLUMBLINE_STACK=docker'],
  [{ PLUMBLINE_STACK: 'docker', PLUMBLINE_CACHE: 'none' }, 'cache', 'none', 'PLUMBLINE_CACHE=none'],
  [{ PLUMBLINE_STACK: 'docker', DATABASE_URL: 'postgres://h/d' }, 'postgres', 'external', 'DATABASE_URL is set'],
  [{ PLUMBLINE_STACK: 'docker', LLAMA_SERVER_BIN: '/l' }, 'model', 'binary', 'LLAMA_SERVER_BIN is set'],
  [{ MODEL_SERVER_URL: 'http://h', LLAMA_SERVER_BIN: '/l' }, 'model', 'external', 'MODEL_SERVER_URL is set'],
  [{ PLUMBLINE_MODEL: 'embedded', LLAMA_SERVER_BIN: '/l' }, 'model', 'embedded', 'PLUMBLINE_MODEL=embedded'],
  [{ MODEL_IMAGE: 'vllm/vllm-openai:v1' }, 'model', 'docker', 'MODEL_IMAGE is set'],
  [{ POSTGRES_IMAGE: 'postgres:17' }, 'postgres', 'docker', 'POSTGRES_IMAGE is set'],
  [{ CACHE_IMAGE: 'redis:7' }, 'cache', 'docker', 'CACHE_IMAGE is set'],
];

for (const [given, role, provider, reason] of rows) {
  const what = Object.entries(given).map(([name, value]) => `${name}=${value}`);
  test(
    `with ${what.join(' and ') || 'no settings'}, the role ${role} gets the provider ${provider}`,
    requirement('STACK-08'),
    () => {
      expect(chooseProviders(loadConfig(given))[role]).toEqual({ provider, reason });
    },
  );
}

test('the registry has exactly the providers that the settings name', requirement('STACK-08'), () => {
  for (const role of roleNames)
    expect(Object.keys(registry[role])).toEqual(providerRules(role).map(([provider]) => provider));
});

const noServer = { problem: 'no redis-server or valkey-server is on PATH', remedy: 'install one' };

test('a run uses no cache server when none is on PATH, unless PLUMBLINE_CACHE asks for one', async () => {
  const settled = (environment: Record<string, string>) =>
    settle(loadConfig(environment), 'cache', 'all', async ({ provider }) =>
      provider === 'none' ? undefined : noServer,
    );
  expect(await settled({})).toEqual({
    provider: 'none',
    reason: 'none of CACHE_URL, CACHE_IMAGE is set, and no redis-server or valkey-server is on PATH',
  });
  expect(await settled({ PLUMBLINE_CACHE: 'binary' })).toEqual({
    provider: 'binary',
    reason: 'PLUMBLINE_CACHE=binary',
    absence: noServer,
  });
});

test('every image is pinned, and a run pulls the images that it will use', requirement('STACK-08'), () => {
  for (const image of Object.values(images))
    expect(image).toMatch(/^[^:]+:(?!latest)[\w.-]*\d[\w.-]*(@sha256:[0-9a-f]{64})?$/);
  expect(imagesOf(loadConfig({}))).toEqual([]);
  expect(imagesOf(loadConfig({ PLUMBLINE_STACK: 'docker', MODEL_DEVICE: 'cpu' }))).toEqual([
    images.postgres,
    images.llama,
    images.cache,
  ]);
  expect(imagesOf(loadConfig({ PLUMBLINE_STACK: 'docker', MODEL_DEVICE: 'cuda', CACHE_IMAGE: 'redis:7' }))).toEqual([
    images.postgres,
    images.llamaCuda,
    'redis:7',
  ]);
});

test('MODEL_HF is refused for the embedded model server, which cannot fetch models', requirement('STACK-07'), () => {
  const hub = { MODEL_HF: 'a/b-GGUF:Q4_K_M', HF_TOKEN: 'hf_secret' };
  expect(misplaced(loadConfig(hub)).join()).toMatch(
    /^MODEL_HF=.* fetches no models. Set PLUMBLINE_MODEL=docker, or binary/,
  );
  const { hub: model, models } = hubOptions(loadConfig({ ...hub, PLUMBLINE_MODEL: 'docker' }), { runDir: '' });
  expect(model).toEqual({ id: 'b-GGUF-Q4_K_M', repo: 'a/b-GGUF:Q4_K_M', token: 'hf_secret' });
  expect(models.map(({ id }) => id)).toEqual(['plumbline-critic']);
});

test('MODEL_SERVER_ARGS is split into arguments as a shell does it', () => {
  expect(shellWords('')).toEqual([]);
  expect(shellWords(`--ctx-size 8192  --alias "a b" --x='c d'`)).toEqual([
    '--ctx-size',
    '8192',
    '--alias',
    'a b',
    '--x=',
    'c d',
  ]);
});
