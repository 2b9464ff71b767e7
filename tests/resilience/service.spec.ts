import { expect, needs, requirement, faultTest as test } from '../../fixtures/index.ts';

const asked = { question: 'How many customers are there?', database: 'shop' };

test('without a model server, questions get a fast 503 that names it', {
  ...requirement('RES-06', needs('sql', 'started target')),
  tag: '@quick',
}, async ({ startOwnTarget, clientsOf, startUpstream }) => {
  const hop = await startUpstream();
  const { sql, operations } = clientsOf(await startOwnTarget({ model: { url: hop.url } }));
  await sql.ask(asked.question, { database: asked.database });
  await hop[Symbol.asyncDispose]();

  const started = performance.now();
  const { status, body, headers } = await sql.refusal(asked);
  expect(status).toBe(503);
  expect(performance.now() - started).toBeLessThan(5_000);
  expect(JSON.stringify(body)).toMatch(/model/i);
  expect(headers['retry-after'], 'Retry-After').toMatch(/^\d+$/);
  const ready = await operations.ready();
  expect(ready.status).toBe(503);
  expect(ready.body.dependencies?.['model']?.status).toBe('down');
});
