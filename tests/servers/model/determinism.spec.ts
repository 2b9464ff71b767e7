import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { measureDeterminism } from '../../../fixtures/stack/model/determinism.ts';
import { answer, chat, expect, type Json, test } from '../../selfcheck/support/model-server.ts';

interface Answer {
  content: string;
  /** Log probabilities of its characters, each a token; absent: the server sends none. */
  logprob?: number;
}

/** A server whose answer is a function of the request's number. */
async function lying(answerOf: (n: number, together: boolean) => string | Answer) {
  let [n, open] = [0, 0];
  const server = http.createServer((request, response) => {
    const mine = n++;
    open++;
    request.resume().once('end', () =>
      // One turn of the event loop later, so that concurrent requests are counted.
      setImmediate(() => {
        const answer = answerOf(mine, open > 1);
        const { content, logprob } = typeof answer === 'string' ? { content: answer, logprob: undefined } : answer;
        open--;
        const logprobs = logprob === undefined ? null : { content: [...content].map((token) => ({ token, logprob })) };
        response.end(JSON.stringify({ choices: [{ message: { content }, logprobs }] }));
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, [Symbol.asyncDispose]: async () => void server.close() };
}

test(
  'the model server answers a repeated request with the same bytes',
  requirement('STACK-04', 'CHAT-08'),
  async ({ model }) => {
    const ask = async (seed: number) => {
      const { choices, usage } = await answer<{ choices: Json[]; usage: Json }>(
        `${model.url}/v1/chat/completions`,
        chat('How many orders are pending?', { seed, logprobs: true }),
      );
      // The number of cached prompt tokens may differ.
      return JSON.stringify({ choices, usage: { ...usage, prompt_tokens_details: null } });
    };
    const first = await ask(1);
    expect([await ask(1), await ask(2), await ask(1)]).toEqual([first, first, first]);
  },
);

test(
  'the determinism tier of the model server is measured with requests alone and concurrent',
  requirement('STACK-04'),
  async ({ model }, testInfo) => {
    const { tier, firstDivergence } = await measureDeterminism({ url: model.url, model: 'one' });
    testInfo.annotations.push({ type: 'determinism', description: firstDivergence ?? tier });
    expect(['exact', 'prefix']).toContain(tier);
    expect(firstDivergence === undefined).toBe(tier === 'exact');
    expect(firstDivergence ?? '').not.toContain('repeated alone');
  },
);

test('the determinism probe finds an answer that changes when repeated, with the first divergent token', async () => {
  await using server = await lying((n) => (n === 8 ? 'abXd' : 'abcd'));
  expect(await measureDeterminism({ url: server.url, model: 'm' })).toEqual({
    tier: 'prefix',
    firstDivergence: expect.stringMatching(/^repeated alone, ".+": token 2 is "X" in place of "c"$/),
  });
});

test('the determinism probe finds an answer that changes among concurrent requests, with the first divergent token', async () => {
  await using server = await lying((_, together) => (together ? 'abcde' : 'abcd'));
  expect(await measureDeterminism({ url: server.url, model: 'm' })).toEqual({
    tier: 'prefix',
    firstDivergence: expect.stringMatching(/^among others, ".+": token 4 is "e" in place of null$/),
  });
});

test('the determinism probe finds a probability that changes among concurrent requests although the texts are equal', async () => {
  await using server = await lying((_, together) => ({ content: 'abcd', logprob: together ? -0.75 : -0.7500001 }));
  expect(await measureDeterminism({ url: server.url, model: 'm' })).toEqual({
    tier: 'prefix',
    firstDivergence: expect.stringMatching(
      /^among others, ".+": the log probability of token 0 is -0\.75 in place of -0\.7500001$/,
    ),
  });
});

test('the determinism probe rates equal answers as exact', async () => {
  await using likely = await lying(() => ({ content: 'abcd', logprob: -0.5 }));
  expect(await measureDeterminism({ url: likely.url, model: 'm' })).toEqual({ tier: 'exact' });
  await using server = await lying(() => 'abcd');
  expect(await measureDeterminism({ url: server.url, model: 'm' })).toEqual({ tier: 'exact' });
});
