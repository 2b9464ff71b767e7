import {
  expect,
  isReference,
  lies,
  needs,
  openaiStreamRules,
  orchestratedChatRequest,
  orchestrationOf,
  requirement,
  faultTest as test,
} from '../../fixtures/index.ts';

const critic = 'plumbline-critic';

test.describe('streamed orchestration', needs('orchestration', 'orchestration.streaming'), () => {
  const isReview = (messages: readonly { content: string }[]) =>
    messages[0]?.content.startsWith('Review the proposed') === true;
  const isRevision = (messages: readonly { content: string }[]) =>
    messages.at(-1)?.content.startsWith('A reviewer says:') === true;

  test(
    'a streamed orchestration gives the plain answer, names its steps in comments and ends with the report',
    requirement('ORCH-05', 'STREAM-02', 'STREAM-07', 'STREAM-18', needs('started target')),
    async ({ chat, modelId, recordedCalls }) => {
      const request = orchestratedChatRequest(modelId);
      const plain = (await chat.chat(request)).body;
      const stream = await chat.chatStream({ ...request, stream_options: { include_usage: true } });
      const chunks = await stream.collect();
      await expect(stream).toBeConformantStream(openaiStreamRules);
      const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
      expect(text).toBe(plain.choices[0]?.message.content);
      expect(chunks[0]?.choices[0]?.delta.role).toBe('assistant');
      expect(chunks.at(-1)).toMatchObject({ choices: [], usage: plain.usage });
      const last = chunks.at(-2) as (typeof chunks)[number];
      expect(last.choices[0]?.finish_reason).toBe(plain.choices[0]?.finish_reason);
      expect(orchestrationOf(last).steps.map(({ content }) => content)).toEqual(
        orchestrationOf(plain).steps.map(({ content }) => content),
      );
      const comments = stream.exchange.stream?.comments.map((comment) => comment.text.trim()) ?? [];
      expect(comments.slice(0, 2)).toEqual([`draft by ${modelId}`, `critique by ${critic}`]);
      expect((await recordedCalls(stream)).map(({ status }) => status)).toEqual(
        orchestrationOf(plain).steps.map(() => 'ok'),
      );
    },
  );

  test(
    'the OpenAI client can stream an orchestration',
    requirement('ORCH-05', 'CHAT-11'),
    async ({ openai, chat, modelId }) => {
      const request = orchestratedChatRequest(modelId);
      const plain = (await chat.chat(request)).body.choices[0]?.message.content;
      expect(
        await openai
          .connect()
          .chat.completions.stream(request as never)
          .finalContent(),
      ).toBe(plain);
    },
  );

  test(
    'the last revision of an orchestration is streamed while it is generated',
    requirement('ORCH-05', needs('started target')),
    async ({ targetWithScriptedModel: target, modelClientsFor, clientsFor, modelId }) => {
      const long = 'word '.repeat(40).trim();
      target.upstream.lie(
        lies.says(({ messages }) => (isReview(messages) ? 'Problem: no.' : isRevision(messages) ? long : 'draft')),
      );
      const stream = await modelClientsFor(clientsFor(target).http).chat.chatStream(orchestratedChatRequest(modelId));
      const texts = (await stream.collect()).flatMap(({ choices }) => choices[0]?.delta.content || []);
      expect(texts.join('')).toBe(long);
      expect(texts.length).toBeGreaterThan(20);
    },
  );

  test(
    'a failed step ends a streamed orchestration with an error event, and a plain one with an error',
    requirement('ORCH-05', 'STREAM-12', needs('process control', 'settings.orchestration presets')),
    async ({ startOwnTarget, clientsFor, modelClientsFor, modelId }) => {
      test.slow();
      const presets = { lame: { generator: modelId, critic: 'no-such-model' } };
      const { http } = clientsFor(await startOwnTarget({ settings: { 'orchestration presets': presets } }));
      const { chat } = modelClientsFor(http);
      const request = orchestratedChatRequest(modelId, { mode: 'critique', preset: 'lame' });
      const refusal = await chat.chatRefusal(request);
      expect(refusal.status, 'the status of a plain orchestration whose critic does not exist').toBeGreaterThanOrEqual(
        500,
      );
      if (isReference) expect([refusal.status, refusal.body.error.code]).toEqual([502, 'model_bad_response']);
      const stream = await chat.chatStream(request);
      const events: string[] = [];
      for await (const { data } of stream.wire.events) events.push(data);
      const last = JSON.parse(events.at(-1) ?? '');
      expect(last, 'the last event of the stream: an error').toHaveProperty('error');
      if (isReference) expect(last).toMatchObject({ error: { code: 'model_bad_response', type: 'server_error' } });
      expect(events).not.toContain('[DONE]');
    },
  );
});
