import {
  chatRequest,
  expect,
  lies,
  needs,
  orchestratedChatRequest,
  orchestrationOf,
  requirement,
  faultTest as test,
} from '../../fixtures/index.ts';

const critic = 'plumbline-critic';

test.describe('orchestration', needs('orchestration'), () => {
  test('a generator answers, a critic reviews, and both calls are reported and recorded with their tokens', {
    ...requirement('ORCH-02', 'CHAT-06', needs('auth', 'started target')),
    tag: '@quick',
  }, async ({ chat, modelId, recordedCalls, user, watchMetrics }) => {
    const metrics = await watchMetrics();
    const request = orchestratedChatRequest(modelId, { mode: 'critique' });
    const answer = await chat.chat(request, { headers: user.headers });
    const { mode, preset, models_used, steps } = orchestrationOf(answer.body);
    expect([mode, preset, models_used]).toEqual(['critique', null, [modelId, critic]]);
    expect(steps.map(({ role }) => role).slice(0, 2)).toEqual(['generator', 'critic']);
    const final = steps.findLast(({ role }) => role === 'generator')?.content;
    expect(answer.body.choices).toMatchObject([{ index: 0, message: { role: 'assistant', content: final } }]);

    const sum = (key: 'prompt_tokens' | 'completion_tokens') =>
      steps.reduce((total, { usage }) => total + usage[key], 0);
    const { usage } = answer.body;
    expect([usage?.prompt_tokens, usage?.completion_tokens]).toEqual([sum('prompt_tokens'), sum('completion_tokens')]);
    const { stamps } = answer.exchange;
    expect(steps.reduce((total, { ms }) => total + ms, 0)).toBeLessThanOrEqual((stamps.end ?? 0) - stamps.queued);
    const purposes = ['draft', 'critique', 'revise'].slice(0, steps.length);
    expect(await recordedCalls(answer)).toEqual(
      steps.map((step, index) =>
        expect.objectContaining({
          capability: 'orchestration',
          purpose: purposes[index],
          model: step.model,
          status: 'ok',
          user: user.id,
          prompt_tokens: step.usage.prompt_tokens,
          completion_tokens: step.usage.completion_tokens,
        }),
      ),
    );
    expect(await metrics.increase('model_tokens_total', { model: critic, purpose: 'critique' })).toBe(
      (steps[1]?.usage.prompt_tokens ?? 0) + (steps[1]?.usage.completion_tokens ?? 0),
    );
  });

  test(
    'an orchestration in single mode gives the answer of a plain chat',
    requirement('ORCH-02', needs('orchestration.presets', 'chat.usage')),
    async ({ chat, presets, modelId }) => {
      const plain = (await chat.chat(chatRequest(modelId))).body;
      const { data } = (await presets.list()).body;
      const preset = data.find(({ models }) => models['generator'] === modelId)?.id;
      expect(preset, `a preset whose generator is ${modelId}`).toBeTruthy();
      const single = (await chat.chat(orchestratedChatRequest(modelId, { mode: 'single', preset }))).body;
      expect(single.choices[0]?.message.content).toBe(plain.choices[0]?.message.content);
      expect(orchestrationOf(single)).toMatchObject({
        mode: 'single',
        preset,
        models_used: [modelId],
        approved: null,
        steps: [{ role: 'generator', model: modelId }],
      });
      expect(single.usage?.completion_tokens).toBe(plain.usage?.completion_tokens);
    },
  );

  const isReview = (messages: readonly { content: string }[]) =>
    messages[0]?.content.startsWith('Review the proposed') === true;
  const isRevision = (messages: readonly { content: string }[]) =>
    messages.at(-1)?.content.startsWith('A reviewer says:') === true;
  const rude = 'You are an idiot, go away.';

  test(
    'a draft that the critic objects to is revised by the generator',
    requirement('ORCH-03', needs('started target')),
    async ({ targetWithScriptedModel: target, modelClientsFor, clientsFor, modelId }) => {
      // Only the draft is scripted: the real critic reviews it, and the real generator revises it.
      const drafts = target.upstream.lie(lies.says(rude), {
        when: ({ messages }) => !isReview(messages) && !isRevision(messages),
      });
      const { chat } = modelClientsFor(clientsFor(target).http);
      const { choices, orchestration } = (await chat.chat(orchestratedChatRequest(modelId))).body;
      const { steps } = orchestrationOf({ orchestration });
      expect(drafts.answered()).toBe(1);
      expect(steps.map(({ role }) => role)).toEqual(['generator', 'critic', 'generator']);
      expect(steps[0]?.content).toBe(rude);
      expect(steps[1]?.content).toMatch(/problem/i);
      expect(choices[0]?.message.content).toBe(steps[2]?.content);
      expect(choices[0]?.message.content).not.toBe(rude);
      expect(choices[0]?.message.content).toMatch(/\S/);
    },
  );

  for (const [title, verdicts, rounds, roles, final] of [
    ['a draft that the critic accepts is the answer of the orchestration', ['OK'], 3, 'draft critique', 'draft'],
    [
      'one objection of the critic leads to one revision',
      ['Problem: too short.'],
      1,
      'draft critique revision',
      'better 1',
    ],
    [
      'a revision is reviewed again while there are rounds left',
      ['Problem: no.', 'OK.'],
      3,
      'draft critique revision critique',
      'better 1',
    ],
    [
      'a critic that always objects gets as many revisions as there are rounds',
      ['Problem: no.', 'Problem: no.'],
      2,
      'draft critique revision critique revision',
      'better 2',
    ],
  ] as const)
    test(
      title,
      requirement('ORCH-03', needs('started target')),
      async ({ targetWithScriptedModel: target, modelClientsFor, clientsFor, modelId }) => {
        const seen: (readonly { content: string }[])[] = [];
        let [reviews, revisions] = [0, 0];
        const scripted = target.upstream.lie(
          lies.says(({ messages }) => {
            seen.push(messages);
            if (isReview(messages)) return verdicts[reviews++] ?? 'Problem: asked too often.';
            return isRevision(messages) ? `better ${++revisions}` : 'draft';
          }),
        );
        const { chat } = modelClientsFor(clientsFor(target).http);
        const request = orchestratedChatRequest(modelId, { mode: 'critique', max_rounds: rounds }, 'What is it?');
        const { choices, orchestration } = (await chat.chat(request)).body;
        const report = orchestrationOf({ orchestration });
        expect(report.steps.map((step) => step['stage']).join(' ')).toBe(roles);
        expect(report['approved']).toBe(verdicts.at(-1)?.startsWith('OK') ?? false);
        expect(choices[0]?.message.content).toBe(final);
        expect(scripted.answered()).toBe(report.steps.length);
        // The critic must see the draft, and the generator must see what the critic says about it.
        expect(seen[1]?.at(-1)?.content).toBe('Question: What is it?\nAnswer: draft');
        if (roles.includes('revision')) expect(seen[2]?.at(-1)?.content).toContain(verdicts[0]);
      },
    );

  for (const [what, orchestration, fields, param] of [
    ['an unknown mode', { mode: 'parliament' }, {}, 'orchestration.mode'],
    ['no mode', {}, {}, 'orchestration.mode'],
    ['an unknown preset', { mode: 'critique', preset: 'dream-team' }, {}, 'orchestration.preset'],
    ['max_rounds of 0', { mode: 'critique', max_rounds: 0 }, {}, 'orchestration.max_rounds'],
    ['an unknown field', { mode: 'critique', jury: 12 }, {}, 'orchestration'],
    ['several choices', { mode: 'critique' }, { n: 2 }, 'n'],
    ['log probabilities', { mode: 'critique' }, { logprobs: true }, 'logprobs'],
    ['tools', { mode: 'single' }, { tools: [{ type: 'function', function: { name: 'x' } }] }, 'tools'],
  ] as const)
    for (const stream of [false, true])
      test(
        `a ${stream ? 'streamed' : 'plain'} orchestration with ${what} is refused with 400, naming "${param}"`,
        requirement('ORCH-04', needs('orchestration.refusals')),
        async ({ chat, presets, profile, modelId }) => {
          const refusal = await chat.chatRefusal({
            ...orchestratedChatRequest(modelId, orchestration, 'Hello', fields),
            stream,
          });
          expect(refusal.status).toBe(400);
          const { error } = refusal.body;
          expect([error.param, error.type]).toEqual([param, 'invalid_request_error']);
          if (param === 'orchestration.mode')
            expect(error.message).toMatch(what === 'no mode' ? /mode/ : /single.*critique/);
          if (param === 'orchestration.preset' && !profile.capability('orchestration').lacks('presets'))
            expect(error.message).toContain((await presets.list()).body.data[0]?.id);
        },
      );
});
