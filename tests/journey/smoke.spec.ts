import {
  expect,
  type Greeting,
  greet,
  greetingTable,
  needs,
  ofTheModel,
  requirement,
  test,
} from '../../fixtures/index.ts';

/** All of them together: a deployment is smoked in less than a minute, or somebody is told which model is slow. */
const patienceMs = 50_000;

test(
  'every model that the target lists answers a greeting',
  { ...requirement('MODELS-05', 'MODELS-03', needs('models', 'chat')), tag: ['@smoke', '@quick'] },
  async ({ chat, target }, testInfo) => {
    test.setTimeout(60_000);
    const patience = AbortSignal.timeout(patienceMs);
    const listed = (await chat.models()).body.data.map(({ id }) => id);
    const greetings: Greeting[] = [];
    // One after the other: a latency is the model's own, not that of a queue.
    for (const id of listed) greetings.push(await test.step(id, () => greet(chat, id, patience)));

    const summary = { target: new URL(target.url).origin, greetings };
    await testInfo.attach('smoke', { body: JSON.stringify(summary), contentType: 'application/json' });
    await testInfo.attach('models', { body: greetingTable(greetings), contentType: 'text/plain' });
    expect(listed, 'the target lists models').not.toEqual([]);
    const failing = greetings.flatMap(({ model, error }) => (error === null ? [] : [{ model, error }]));
    const whole = () =>
      expect(failing.map(({ model, error }) => `${model}: ${error}`).join('\n'), 'models that fail').toBe('');
    // To have nothing to say is a model's fault, anything else the service's; every model that fails is named either way.
    if (failing.every(({ error }) => error.startsWith('says nothing'))) await ofTheModel(whole);
    else whole();
    expect(greetings.map(({ kind }) => kind)).toContain('chat');
  },
);
