import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test as base, expect } from '@playwright/test';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { startEmbedded } from '../../../fixtures/stack/model/embedded.ts';
import type { ServerOptions, StartedModel } from '../../../fixtures/stack/model/types.ts';

export { expect };

export const modelPath =
  process.env['MODEL_PATH'] || fileURLToPath(new URL('../../../seed/model/plumbline-tiny.gguf', import.meta.url));

export const slots = 4;
/** Small, so that what fills its context is soon done on a busy machine too. */
export const contextSize = 400;

/** A started server with what a test wants of it. `await using` stops it. */
export type ModelUnderTest = StartedModel & {
  url: string;
  logFile: string;
  lines: string[];
  pids: number[];
} & AsyncDisposable;

/** Starts a private server; the options given replace the usual ones. */
export async function bootModel(options: Partial<ServerOptions & { tracesUrl: string }> = {}): Promise<ModelUnderTest> {
  const logFile = path.join(os.tmpdir(), `model-selfcheck-${randomUUID()}.log`);
  const [lines, pids]: [string[], number[]] = [[], []];
  const run = { progress: (line: string) => void lines.push(line), own: (pid: number) => void pids.push(pid) };
  const server = {
    models: [
      { id: 'one', path: modelPath },
      { id: 'two', path: modelPath },
    ],
    device: 'cpu',
    seed: 7,
    slots,
    contextSize,
    logFile,
    ...options,
  } as const;
  const started = await startEmbedded(server, run).catch((error: unknown) => {
    fs.rmSync(logFile, { force: true });
    throw error;
  });
  const dispose = async (): Promise<void> => {
    await started.stop();
    fs.rmSync(logFile, { force: true });
  };
  return { ...started, url: started.lease.url, logFile, lines, pids, [Symbol.asyncDispose]: dispose };
}

export type Json = Record<string, unknown>;

export const chat = (content: string, rest: Json = {}): Json => ({
  model: 'one',
  messages: [{ role: 'user', content }],
  temperature: 0,
  ...rest,
});

/** A generation that goes on until its context is full. */
export const endless = (rest: Json = {}): Json => chat('Hello, respond briefly', { ignore_eos: true, ...rest });

export const post = (url: string, body: unknown, init: RequestInit = {}): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...init,
  });

/** Posts and reads the answer, which must be a 200. */
export async function answer<T = Json>(url: string, body: unknown): Promise<T> {
  const response = await post(url, body);
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return JSON.parse(text) as T;
}

/** A metric's value, summed over the label sets that contain `labels`; 0 when there is none. */
export async function metric({ url }: ModelUnderTest, name: string, labels = ''): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const rows = text.split('\n').filter((row) => new RegExp(`^${name}[{ ]`).test(row) && row.includes(labels));
  return rows.reduce((sum, row) => sum + Number(row.split(' ').at(-1)), 0);
}

/** Waits until nothing runs and nothing waits. Polled: the server is asked, never slept for. */
export async function expectIdle(model: ModelUnderTest): Promise<void> {
  await expect
    .poll(
      async () => ({
        busy: await metric(model, 'model_slots', 'state="busy"'),
        queued: await metric(model, 'model_queue_depth'),
        inFlight: await metric(model, 'model_requests_in_flight'),
      }),
      { timeout: 5_000, intervals: [5] },
    )
    .toEqual({ busy: 0, queued: 0, inFlight: 0 });
}

type Chunk = Json & {
  id: string;
  choices: {
    index: number;
    delta: { role?: string; content?: string };
    text?: string;
    finish_reason: string | null;
    logprobs: { content: { token: string }[] } | null;
  }[];
  usage?: { prompt_tokens: number; completion_tokens: number; total_tokens: number } | null;
  error?: { message: string; code: string };
};

export type ReadStream = { chunks: Chunk[]; events: string[]; raw: string };

/** Reads a stream to its end with the official parser; `raw` is what was on the wire. */
export async function readStream(response: Response): Promise<ReadStream> {
  const raw = Buffer.from(await response.arrayBuffer()).toString('utf8');
  const events: string[] = [];
  const parser = createParser({
    onEvent: (event: EventSourceMessage) => void events.push(event.data),
    onError: (error) => {
      throw error;
    },
  });
  parser.feed(raw);
  return { raw, events, chunks: events.filter((data) => data !== '[DONE]').map((data) => JSON.parse(data) as Chunk) };
}

export const textOf = ({ chunks }: ReadStream, choice = 0): string =>
  chunks
    .flatMap(({ choices }) => choices ?? [])
    .filter(({ index }) => index === choice)
    .map(({ delta, text }) => delta?.content ?? text ?? '')
    .join('');

/** One server shared by the tests of a worker. */
export const test = base.extend<object, { model: ModelUnderTest }>({
  model: [
    async ({}, use) => {
      await using model = await bootModel();
      await use(model);
    },
    { scope: 'worker' },
  ],
});
