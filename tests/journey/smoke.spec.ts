import {
  expect,
  expectOfModel,
  type Greeting,
  greet,
  greetingTable,
  needs,
  requirement,
  test,
} from '../../fixtures/index.ts';

/** For all models together: a smoke test takes less than a minute, or names the model that is slow. */
const timeLimitMs = 50_000;

test(
  'every model that the target lists answers a greeting',
  { ...requirement('MODELS-05', 'MODELS-03', needs('models', 'chat')), tag: ['@smoke', '@quick'] },
  async ({ chat, target }, testInfo) => {
    test.setTimeout(60_000);
    const deadline = AbortSignal.timeout(timeLimitMs);
    const listed = (await chat.models()).body.data.map(({ id }) => id);
    const greetings: Greeting[] = [];
    // One after the other, so that each latency is the model's own and includes no waiting.
    for (const id of listed) greetings.push(await test.step(id, () => greet(chat, id, deadline)));

    const summary = { target: new URL(target.url).origin, greetings };
    await testInfo.attach('smoke', { body: JSON.stringify(summary), contentType: 'application/json' });
    await testInfo.attach('models', { body: greetingTable(greetings), contentType: 'text/plain' });
    expect(listed, 'models that the target lists').not.toEqual([]);
    const failing = greetings.flatMap(({ model, error }) => (error === null ? [] : [{ model, error }]));
    const expectNoFailures = () =>
      expect(failing.map(({ model, error }) => `${model}: ${error}`).join('\n'), 'models that fail').toBe('');
    // An empty answer is the fault of the model, any other failure that of the service; both name every model that fails.
    if (failing.every(({ error }) => error.startsWith('says nothing'))) await expectOfModel(expectNoFailures);
    else expectNoFailures();
    expect(greetings.map(({ kind }) => kind)).toContain('chat');
  },
);
