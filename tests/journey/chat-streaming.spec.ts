import {
  chatRequest,
  expect,
  needs,
  openaiStreamRules,
  requirement,
  streamingChatRequest,
  test,
  uniqueName,
} from '../../fixtures/index.ts';

/** Long enough to be aborted in the middle. */
const endless = { ignore_eos: true, max_tokens: 1_500 };

test.describe('chat streams', needs('chat.streaming'), () => {
  test(
    'a chat stream keeps the OpenAI protocol, arrives while it is generated, and joins to the plain answer',
    requirement(
      ...([
        'CHAT-01',
        'STREAM-01',
        'STREAM-02',
        'STREAM-03',
        'STREAM-04',
        'STREAM-07',
        'STREAM-08',
        'STREAM-09',
      ] as const),
      needs('chat.usage', 'state.model calls'),
    ),
    async ({ chat, modelId, recordedCalls }) => {
      const plain = (await chat.chat(chatRequest(modelId, 'Who are you?'))).body;
      const stream = await chat.chatStream(streamingChatRequest(modelId, 'Who are you?'));
      const chunks = await stream.collect();
      await expect(stream).toBeConformantStream(openaiStreamRules);
      expect(stream.exchange.response?.headers['content-type']).toMatch(/^text\/event-stream/);
      expect(chunks[0]?.choices[0]?.delta.role).toBe('assistant');
      expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(
        plain.choices[0]?.message.content,
      );
      expect(new Set(chunks.map((chunk) => `${chunk.id} ${chunk.model} ${chunk.created}`)).size).toBe(1);
      const { prompt_tokens, completion_tokens } = plain.usage ?? {};
      expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens, completion_tokens } });
      const call = { ok: true, prompt_tokens, completion_tokens };
      expect(await recordedCalls(stream)).toEqual([expect.objectContaining(call)]);
    },
  );

  test(
    'a chat stream sends no usage unless the caller asks for it, and the tokens are recorded all the same',
    requirement('STREAM-09', 'CHAT-06', needs('chat.usage', 'state.model calls')),
    async ({ chat, modelId, recordedCalls }) => {
      const stream = await chat.chatStream(chatRequest(modelId));
      const chunks = await stream.collect();
      expect(chunks.filter((chunk) => 'usage' in chunk)).toEqual([]);
      expect(chunks.every(({ choices }) => choices.length === 1)).toBe(true);
      const usage = (await chat.chat(chatRequest(modelId))).body.usage;
      const { prompt_tokens, completion_tokens } = usage ?? {};
      expect(await recordedCalls(stream)).toEqual([expect.objectContaining({ prompt_tokens, completion_tokens })]);
    },
  );

  for (const streamed of [true, false])
    test(
      `a client that disconnects ${streamed ? 'in the middle of a chat stream' : 'before a plain chat answer'} stops the model, and the call is recorded as aborted`,
      requirement('STREAM-14', needs('started target')),
      async ({ chat, stack, clientsFor, watchMetrics, modelRequestsInFlight, databases, query, modelId }) => {
        const service = await watchMetrics();
        // Only the embedded model server counts the requests that were cancelled.
        const embedded = stack.reports.some(({ role, provider }) => role === 'model' && provider === 'embedded');
        const server = embedded ? await watchMetrics(clientsFor(stack.model).operations) : undefined;
        const id = uniqueName('disconnected');
        const disconnect = new AbortController();
        const options = { signal: disconnect.signal, headers: { 'x-request-id': id } };
        const request = { ...chatRequest(modelId), ...endless };
        if (streamed) {
          for await (const chunk of await chat.chatStream(request, options)) if (chunk.choices[0]?.delta.content) break;
          disconnect.abort();
        } else {
          const answer = chat.chat(request, options).catch(() => undefined);
          await expect.poll(() => service.increase('model_backend_in_flight')).toBe(1);
          disconnect.abort();
          await answer;
        }
        await expect.poll(() => service.increase('model_backend_requests_total', { outcome: 'abandoned' })).toBe(1);
        if (server)
          await expect
            .poll(() => server.increase('model_requests_total', { outcome: 'cancelled' }))
            .toBeGreaterThanOrEqual(1);
        await expect.poll(modelRequestsInFlight).toBe(0);
        const rows = 'SELECT status, completion_tokens FROM inferences WHERE request_id = $1';
        await expect
          .poll(() => query(databases.platform.urls.owner, rows, [id]))
          .toEqual([{ status: 'aborted', completion_tokens: null }]);
        await expect.poll(() => service.increase('model_backend_in_flight')).toBe(0);
        expect((await chat.chat(chatRequest(modelId))).status).toBe(200);
      },
    );
});
