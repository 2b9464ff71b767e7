import {
  chatRequest,
  expect,
  isReference,
  needs,
  requirement,
  faultTest as test,
  uniqueName,
} from '../../fixtures/index.ts';

const customersQuestion = { question: 'How many customers are there?', database: 'shop' };

test('without a model server, chats and questions get a fast error that does not blame the caller', {
  ...requirement('RES-06', needs('chat', 'scripted model')),
  tag: '@quick',
}, async ({ startOwnTarget, clientsFor, startUpstream, sendChat, modelId }) => {
  const model = await startUpstream();
  const target = await startOwnTarget({ model: { url: model.url } });
  const { http, operations } = clientsFor(target);
  const ask = (content: string) => sendChat({ json: chatRequest(modelId, content) }, 'POST', http);
  expect((await ask('Hello')).status, 'the status of a chat while there is a model server').toBe(200);
  await model[Symbol.asyncDispose]();

  const began = performance.now();
  expect((await ask(uniqueName('Hello'))).status, 'the status of a chat without a model server').toBeGreaterThanOrEqual(
    500,
  );
  expect(performance.now() - began, 'ms until the chat was refused').toBeLessThan(10_000);
  if (!isReference) return;
  const { sql } = clientsFor(target);

  const started = performance.now();
  const { status, body, headers } = await sql.refusal(customersQuestion);
  expect(status).toBe(503);
  expect(performance.now() - started, 'ms until the question was refused').toBeLessThan(5_000);
  expect(JSON.stringify(body)).toMatch(/model/i);
  expect(headers['retry-after'], 'Retry-After').toMatch(/^\d+$/);
  const ready = await operations.ready();
  expect(ready.status).toBe(503);
  expect(ready.body.dependencies?.['model']?.status).toBe('down');
});
