import { expect, needs, requirement, faultTest as test } from '../../fixtures/index.ts';

const customersQuestion = { question: 'How many customers are there?', database: 'shop' };

test('without a model server, questions get a fast 503 that names it', {
  ...requirement('RES-06', needs('sql', 'started target')),
  tag: '@quick',
}, async ({ startOwnTarget, clientsFor, startUpstream }) => {
  const model = await startUpstream();
  const { sql, operations } = clientsFor(await startOwnTarget({ model: { url: model.url } }));
  await sql.ask(customersQuestion.question, { database: customersQuestion.database });
  await model[Symbol.asyncDispose]();

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
