import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../../fixtures/config/index.ts';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { external } from '../../../fixtures/stack/model/external.ts';
import { checkAddon } from '../../../servers/model/binding.ts';
import {
  answer,
  bootModel,
  chat,
  endless,
  expect,
  type Json,
  metric,
  modelPath,
  post,
  readStream,
  test,
} from '../../selfcheck/support/model-server.ts';

test.describe.configure({ mode: 'default' });

const path = '/v1/chat/completions';
const bootBudgetMs = 1_500;
const main = fileURLToPath(new URL('../../../servers/model/main.ts', import.meta.url));

/** The server itself, with arguments of the test's own. */
async function bare(...args: string[]) {
  const child = spawn(
    process.execPath,
    [main, '--model', `one=${modelPath}`, '--device', 'cpu', '--context', '400', ...args],
    {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { PATH: process.env['PATH'], UV_THREADPOOL_SIZE: '1' },
    },
  );
  const exit = once(child, 'exit') as Promise<[number | null]>;
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const { url } = JSON.parse(line.toString()) as { url: string };
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exit;
  };
  return { child, exit, url, [Symbol.asyncDispose]: stop };
}

test(
  'the model server answers its first request within the boot budget',
  requirement('PERF-15'),
  async ({}, testInfo) => {
    const times: { wallMs: number; cpuMs: number }[] = [];
    for (let i = 0; i < 3; i++) {
      const started = performance.now();
      await using model = await bootModel();
      await answer(model.url + path, chat('Hello, respond briefly'));
      const wallMs = performance.now() - started;
      times.push({ wallMs, cpuMs: 1_000 * (await metric(model, 'process_cpu_seconds_total')) });
      expect(model.pids).toEqual([model.pid]);
    }
    const best = (pick: (time: (typeof times)[number]) => number): number => Math.round(Math.min(...times.map(pick)));
    const [wallMs, cpuMs] = [best((time) => time.wallMs), best((time) => time.cpuMs)];
    // On a busy machine wall-clock time does not measure the server; its CPU time still does.
    const busy = (os.loadavg()[0] ?? 0) > os.availableParallelism();
    const description = `${wallMs} ms, of them ${cpuMs} ms of processor time${busy ? '; inconclusive: the machine is busy' : ''}`;
    testInfo.annotations.push({ type: 'boot to first answer', description });
    expect(cpuMs).toBeLessThan(bootBudgetMs);
    if (!busy) expect(wallMs).toBeLessThan(bootBudgetMs);
  },
);

test(
  'the model server finishes running generations on SIGTERM, refuses new ones, and exits with 0',
  requirement('RES-19'),
  async () => {
    await using server = await bare('--drain-ms', '60000', '--slots', '2');
    const response = await post(server.url + path, endless({ stream: true, n: 2, max_tokens: 300 }));
    const reading = readStream(response);
    server.child.kill('SIGTERM');
    await expect
      .poll(
        () =>
          fetch(`${server.url}/health`).then(
            ({ status }) => status,
            () => 'refused',
          ),
        { intervals: [1] },
      )
      .not.toBe(200);
    expect((await reading).events.at(-1)).toBe('[DONE]');
    expect(await server.exit).toEqual([0, null]);
  },
);

test(
  'a generation that outlasts the drain time after SIGTERM ends with an error event, and the model server exits with 0',
  requirement('RES-19', 'STREAM-12'),
  async () => {
    await using server = await bare('--drain-ms', '0', '--slots', '2');
    const response = await post(server.url + path, endless({ stream: true, n: 2 }));
    server.child.kill('SIGTERM');
    const { chunks, events } = await readStream(response);
    expect(events).not.toContain('[DONE]');
    expect(chunks.at(-1)?.error).toMatchObject({ code: 'shutting_down', type: 'server_error' });
    expect(await server.exit).toEqual([0, null]);
  },
);

test('a request to a model server with a full queue gets 503 with Retry-After', async () => {
  await using server = await bare('--slots', '1', '--queue', '1');
  const abandoned = new AbortController();
  const { signal } = abandoned;
  const streams = [1, 2].map(() => post(server.url + path, endless({ stream: true }), { signal }));
  await Promise.all(streams);
  const refused = await post(server.url + path, chat('Hello'));
  abandoned.abort();
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  expect((await refused.json()) as Json).toMatchObject({ error: { code: 'queue_full', type: 'server_error' } });
});

test('the model server ends when its parent process has ended', requirement('STACK-03'), async () => {
  await using server = await bare('--exit-with-parent');
  server.child.stdin.end();
  expect(await server.exit).toEqual([0, null]);
});

const header = Buffer.concat([Buffer.from('GGUF'), Buffer.from([3, 0, 0, 0])]);
const broken: { what: string; content: (whole: Buffer) => Buffer | undefined; message: RegExp }[] = [
  { what: 'is missing', content: () => undefined, message: /Cannot read the model file .*ENOENT.*MODEL_PATH/ },
  { what: 'is empty', content: () => Buffer.alloc(0), message: /not a GGUF model: it is empty/ },
  {
    what: 'is a text file',
    content: () => Buffer.from('version https://git-lfs.github.com/spec/v1\n'),
    message: /not a GGUF model.*"vers".*git lfs pull/,
  },
  {
    what: 'has random bytes',
    content: () => Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251)),
    message: /not a GGUF model: it is 5000 bytes/,
  },
  {
    what: 'has random bytes after its magic number',
    content: () => Buffer.concat([header, Buffer.alloc(4000, 0xab)]),
    message: /damaged GGUF file/,
  },
  {
    what: 'ends within its header',
    content: (whole) => whole.subarray(0, 200),
    message: /damaged GGUF file.*ends at byte 200/,
  },
  {
    what: 'ends within its weights',
    content: (whole) => whole.subarray(0, whole.length >> 1),
    message: /llama\.cpp could not load/,
  },
];
for (const { what, content, message } of broken) {
  test(
    `a model file that ${what} fails the boot of the model server at once, with an error that names the fault`,
    requirement('STACK-07'),
    async ({}, testInfo) => {
      const file = testInfo.outputPath('model.gguf');
      const bytes = content(fs.readFileSync(modelPath));
      if (bytes) fs.writeFileSync(file, bytes);
      const started = performance.now();
      const failure = bootModel({ models: [{ id: 'one', path: file }] });
      await expect(failure).rejects.toThrow(message);
      await expect(failure).rejects.toThrow(
        /ended with code 1, before it listened, after \d+ ms: .*\. Its last log lines:/,
      );
      expect(performance.now() - started).toBeLessThan(10_000);
    },
  );
}

test(
  'a second model that cannot be loaded is listed as failed, and the model server goes on',
  requirement('MODELS-02'),
  async () => {
    await using model = await bootModel({
      models: [
        { id: 'one', path: modelPath },
        { id: 'gone', path: '/nowhere.gguf' },
      ],
    });
    const refused = await post(model.url + path, { ...chat('x'), model: 'gone' });
    expect(refused.status).toBe(503);
    expect((await refused.json()) as Json).toMatchObject({ error: { code: 'model_load_failed', param: 'model' } });
    expect(await (await fetch(`${model.url}/v1/models/gone`)).json()).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('ENOENT'),
    });
    expect(await metric(model, 'model_requests_in_flight')).toBe(0);
  },
);

test(
  'a device that this machine lacks fails the boot with one error that names MODEL_DEVICE',
  requirement('STACK-05', 'STACK-07'),
  async () => {
    const absent = process.platform === 'darwin' ? 'cuda' : 'metal';
    await expect(bootModel({ device: absent })).rejects.toThrow(
      new RegExp(`MODEL_DEVICE=${absent}, but .* found: cpu`),
    );
  },
);

test('a llama.cpp addon that lacks a method is refused with one error that names the method', () => {
  const addon = { AddonModel: class {}, AddonContext: class {}, AddonSampler: class {}, AddonJinjaRenderer: class {} };
  expect(() => checkAddon(addon, '9.9.9')).toThrow(
    /node-llama-cpp 9\.9\.9 lacks AddonContext\.init.*3\.22\.1.*MODEL_SERVER_URL/,
  );
});

/** Starts the provider `external` with these settings. */
const join = (settings: Record<string, string>) => external.start(loadConfig(settings), { progress: () => {} });

test('an external model server is probed and used, and is not stopped', requirement('STACK-08'), async () => {
  await using model = await bootModel({ apiKey: 'sesame' });
  const other = await join({ MODEL_SERVER_URL: `${model.url}/v1`, MODEL_SERVER_API_KEY: 'sesame' });
  expect(other).toMatchObject({ lease: { url: model.url }, report: { device: 'cpu', models: ['one', 'two'] } });
  await expect(join({ MODEL_SERVER_URL: model.url })).rejects.toThrow(
    /MODEL_SERVER_URL=.*refused the API key \(401\); set MODEL_SERVER_API_KEY/,
  );
  await other.stop();
  expect((await fetch(`${model.url}/health`)).status).toBe(200);
});

test(
  'an external model server that does not answer gives one error that names MODEL_SERVER_URL',
  requirement('STACK-07'),
  async () => {
    const server = net.createServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
    await expect(join({ MODEL_SERVER_URL: url })).rejects.toThrow(
      /MODEL_SERVER_URL=http:\/\/127.*did not answer with JSON: hi/,
    );
    server.close();
    await expect(join({ MODEL_SERVER_URL: url })).rejects.toThrow(
      /No model server answers at MODEL_SERVER_URL=http:\/\/127.*ECONNREFUSED/,
    );
    await expect(join({})).rejects.toThrow(/MODEL_SERVER_URL/);
  },
);
