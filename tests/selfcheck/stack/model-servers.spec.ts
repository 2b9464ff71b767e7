import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { images } from '../../../fixtures/stack/docker/images.ts';
import { startLlamaServer } from '../../../fixtures/stack/model/binary.ts';
import { type ContainerModelOptions, containerPlan } from '../../../fixtures/stack/model/container/plan.ts';
import { readVllmLog } from '../../../fixtures/stack/model/container/vllm.ts';
import { gpuUtilisation } from '../../../fixtures/stack/model/device.ts';
import { portOf, readLog } from '../../../fixtures/stack/model/llama-server/log.ts';
import { presetFile } from '../../../fixtures/stack/model/llama-server/preset.ts';
import type { HubOptions } from '../../../fixtures/stack/model/types.ts';
import { findOnPath } from '../../../fixtures/stack/on-path.ts';
import { skipWithout } from '../../../fixtures/stack/optional/skip.ts';
import { bundledModels } from '../../../seed/model/index.ts';

/** A log of llama-server's router, with its own lines and those of the models' processes. */
const routerLog = `
0.00.024.143 I srv          load: spawning server instance with name=critic on port 42521
0.00.024.656 I srv          load: spawning server instance with name=big on port 48151
[42521] 0.00.052.274 I load_tensors:   CPU_Mapped model buffer size =     3.11 MiB
[48151] 0.00.061.000 I llama_prepare_model_devices: using device CUDA0 (NVIDIA H100 80GB HBM3) (0000:0f:00.0) - 80100 MiB free
[48151] 0.00.953.120 I load_tensors: offloaded 33/33 layers to GPU
[48151] 0.00.953.121 I load_tensors:   CPU_Mapped model buffer size =   281.75 MiB
[48151] 0.00.953.121 I load_tensors:        CUDA0 model buffer size =  4156.00 MiB
[48151] 0.01.100.000 I llama_context:  CUDA_Host  output buffer size =     4.00 MiB
[48151] 0.01.110.000 I llama_kv_cache:      CUDA0 KV buffer size =   512.00 MiB
[48151] 0.01.200.000 I sched_reserve:      CUDA0 compute buffer size =   296.00 MiB
[48151] 0.01.200.001 I sched_reserve:  CUDA_Host compute buffer size =    16.25 MiB
[42521] 0.00.057.107 I llama_kv_cache:        CPU KV buffer size =    72.00 MiB
`.split('\n');
const mebibyte = 2 ** 20;

test('device, layers and memory of each model are read from the log of llama-server', requirement('STACK-05'), () => {
  expect(readLog(routerLog, portOf(routerLog, 'big'))).toEqual({
    device: 'cuda',
    gpus: ['NVIDIA H100 80GB HBM3'],
    gpuLayers: 33,
    layers: 33,
    memory: { cpuBytes: 302 * mebibyte, gpuBytes: 4964 * mebibyte },
  });
  const critic = readLog(routerLog, portOf(routerLog, 'critic'));
  expect(critic).toMatchObject({ device: 'cpu', gpus: [], gpuLayers: 0, memory: { gpuBytes: 0 } });
  expect(critic.memory.cpuBytes / mebibyte).toBeCloseTo(75.11, 2);
});

test('a model without a layer on the GPU is reported as computing on the CPU, whatever GPU was found', () => {
  const log = ['using device Vulkan0 (AMD) (0000) - 100 MiB free', 'load_tensors: offloaded 0/33 layers to GPU'];
  expect(readLog(log)).toMatchObject({ device: 'cpu', gpus: ['AMD'], gpuLayers: 0, layers: 33 });
});

test('device and memory are read from the log of vLLM', requirement('STACK-05'), () => {
  const log = [
    "INFO 01-01 00:00:00 [core.py:58] Initializing a V1 LLM engine with config: model='m', device_config=cuda, seed=7",
    'INFO 01-01 00:00:09 [gpu_model_runner.py:1843] Model loading took 2.8871 GiB and 3.1 seconds',
  ];
  expect(readVllmLog(log)).toEqual({ device: 'cuda', gpuBytes: String(Math.round(2.8871 * 2 ** 30)) });
});

const options = <More extends object>(more: More): HubOptions & More => ({
  models: bundledModels.map(({ id, path: file }) => ({ id, path: file })),
  device: 'cpu',
  threads: 1,
  seed: 7,
  logFile: path.join(os.tmpdir(), 'run', 'model.log'),
  cacheDir: os.tmpdir(),
  ...more,
});

const planOf = (more: Partial<ContainerModelOptions>, copiedBytes = 2 ** 26) =>
  containerPlan(options(more), copiedBytes, () => {});

test('the preset in docker/ is the one that a run gives to llama-server', () => {
  const committed = fs.readFileSync(new URL('../../../docker/model/preset.ini', import.meta.url), 'utf8');
  const made = presetFile(options({ device: 'auto' }), (file) => `/models/${path.basename(file)}`);
  expect(committed.replaceAll(/^;.*\n/gm, '').trim()).toBe(made.trim());
});

test(
  'MODEL_DEVICE decides the image, the offloaded layers and the devices of a container',
  requirement('STACK-05'),
  async () => {
    const cpu = await planOf({});
    expect(cpu).toMatchObject({ kind: 'llama', image: images.llama, port: 8080 });
    expect(cpu.devices).toBeUndefined();
    expect(cpu.written[0]?.content).toContain('device = none');
    const cuda = await planOf({ device: 'cuda' });
    expect(cuda).toMatchObject({
      image: images.llamaCuda,
      devices: { DeviceRequests: [{ Count: -1, Capabilities: [['gpu']] }] },
    });
    expect(cuda.written[0]?.content).toContain('n-gpu-layers = 999');
    const vulkan = await planOf({ device: 'vulkan' });
    expect(vulkan).toMatchObject({ image: images.llamaVulkan, devices: { Devices: [{ PathOnHost: '/dev/dri' }] } });
    await expect(planOf({ device: 'metal' })).rejects.toThrow('MODEL_DEVICE=metal');
  },
);

test('large weights are mounted read-only into a container, and small ones are copied', async () => {
  const small = await planOf({});
  expect(small.copied.map(({ target }) => target)).toEqual([
    '/models/plumbline-tiny.gguf',
    '/models/plumbline-critic.gguf',
  ]);
  expect(small.mounted).toEqual([]);
  const large = await planOf({}, 1_000);
  expect(large.copied).toEqual([]);
  expect(large.mounted.map(({ target, mode }) => [target, mode])).toEqual([
    ['/models/plumbline-tiny.gguf', 'ro'],
    ['/models/plumbline-critic.gguf', 'ro'],
  ]);
});

test('vLLM starts on a model of the hub, with key and token only in its environment', async ({}, testInfo) => {
  const plan = await planOf({
    image: 'vllm/vllm-openai:v0.18.0',
    models: [],
    hub: { id: 'served', repo: 'Qwen/Qwen2.5-Coder-1.5B-Instruct', token: 'hf_secret' },
    apiKey: 'sk-secret',
    cacheDir: testInfo.outputPath(),
    args: ['--max-model-len', '8192'],
  });
  expect(plan).toMatchObject({ kind: 'vllm', port: 8000 });
  const command = plan.command.join(' ');
  expect(command).toContain('--model Qwen/Qwen2.5-Coder-1.5B-Instruct --served-model-name served');
  expect(command).toContain('--seed 7 --no-enable-prefix-caching --generation-config vllm --max-model-len 8192');
  expect(command).not.toContain('secret');
  expect(plan.environment).toMatchObject({ VLLM_API_KEY: 'sk-secret', HF_TOKEN: 'hf_secret' });
  expect(plan.mounted).toEqual([
    { source: testInfo.outputPath('huggingface'), target: '/cache/huggingface', mode: 'rw' },
  ]);
});

/** Puts a program of that name first on PATH. */
function onPath(folder: string, name: string, script: string): string {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path.join(folder, name);
}

/** A run whose boot has a deadline. */
const quiet = (ms = 20_000) => ({ progress: () => {}, own: () => {}, signal: AbortSignal.timeout(ms) });

const refused: [what: string, script: string, message: RegExp][] = [
  ['another program', 'echo "usage: other"', /has no router mode \(--models-preset\).*MODEL_SERVER_URL/],
  ['a program that cannot run', 'exit 127', /cannot be run .*must be llama.cpp's llama-server/],
  [
    'a program that ends',
    'case "$1" in --help) echo "--models-preset";; --version) echo "version: 9 (abc)";; *) echo "no memory"; exit 1;; esac',
    /llama-server ended with code 1, before it listened, after \d+ ms\. Its last log lines:\nno memory/,
  ],
];
for (const [what, script, message] of refused) {
  test(
    `LLAMA_SERVER_BIN is refused with a remedy when it names ${what}`,
    requirement('STACK-07'),
    async ({}, testInfo) => {
      skipWithout(test.info(), 'unix');
      const command = onPath(testInfo.outputPath('bin'), 'llama-server', script);
      const started = startLlamaServer(options({ command, logFile: testInfo.outputPath('model.log') }), quiet());
      await expect(started).rejects.toThrow(message);
    },
  );
}

test('the API key is never in the arguments of a model server, which every user of the machine can read', async ({}, testInfo) => {
  skipWithout(test.info(), 'unix');
  const script =
    'case "$1" in --help) echo "--models-preset";; --version) echo 9;; *) echo "got $@"; [ -n "$LLAMA_API_KEY" ] && echo "key set"; exit 1;; esac';
  const command = onPath(testInfo.outputPath('bin'), 'llama-server', script);
  const logFile = testInfo.outputPath('model.log');
  const started = startLlamaServer(options({ command, logFile, apiKey: 'sk-secret' }), quiet());
  const { message } = (await started.catch((error: Error) => error)) as Error;
  expect(message).toMatch(/got --models-preset .*\nkey set/);
  expect(message + fs.readFileSync(path.join(path.dirname(logFile), 'llama-server.ini'), 'utf8')).not.toContain(
    'secret',
  );
});

test('GPU utilisation is that of the busiest GPU in nvidia-smi', async ({}, testInfo) => {
  skipWithout(test.info(), 'unix');
  const before = process.env['PATH'];
  try {
    process.env['PATH'] = testInfo.outputPath('none');
    expect(await gpuUtilisation()).toBeUndefined();
    process.env['PATH'] = `${testInfo.outputPath('bin')}:${before}`;
    onPath(testInfo.outputPath('bin'), 'nvidia-smi', 'echo 3; echo 41');
    expect(await gpuUtilisation()).toBe(41);
    onPath(testInfo.outputPath('bin'), 'nvidia-smi', 'echo "No devices were found" >&2; exit 6');
    expect(await gpuUtilisation()).toBeUndefined();
  } finally {
    process.env['PATH'] = before;
  }
});

test(
  'llama-server serves both bundled models, and the report names its device',
  requirement('STACK-08'),
  async ({}, testInfo) => {
    const command = process.env['LLAMA_SERVER_BIN'] ?? findOnPath('llama-server');
    skipWithout(testInfo, 'llama-server');
    const logFile = testInfo.outputPath('model.log');
    const model = await startLlamaServer(options({ ...(command ? { command } : {}), logFile }), quiet(60_000));
    try {
      expect(model.report).toMatchObject({ device: 'cpu', gpuLayers: 0, threads: 1 });
      expect(model.report.models.toSorted()).toEqual(['plumbline-critic', 'plumbline-tiny']);
      // The weights are 3.3 MB; the rest is the context of eight slots.
      expect(model.report.memory.cpuBytes).toBeGreaterThan(3_000_000);
    } finally {
      await model.stop();
    }
  },
);
