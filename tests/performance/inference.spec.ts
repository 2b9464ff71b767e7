import { expectBudget, needs, requirement, loadTest as test } from '../../fixtures/index.ts';

const alone = { lock: '-exclusive-', tag: '@slow' };

test.describe('real-time inference', { ...alone, ...needs('registry', 'inference') }, () => {
  test(
    'nearly all real-time inferences are answered within their time budget',
    requirement('PERF-07'),
    async ({ load, registerModel, user }) => {
      const { name } = await registerModel();
      const measure = () =>
        load.constant({ title: 'inference', rate: 10, seconds: 8, headers: user.headers }, (http) =>
          http.post('inference.create', { model: name, input: 'Hello, respond briefly', max_tokens: 16 }),
        );
      await expectBudget(measure, 'inference');
    },
  );

  for (const users of [10, 20])
    test(
      `most of ${users} concurrent real-time inferences are answered within their time budget`,
      requirement('PERF-07'),
      async ({ load, registerModel, user: { headers } }) => {
        const { name } = await registerModel();
        const measure = () =>
          load.users({ title: `${users} inferences at once`, users, rounds: 40 / users, headers }, (http) =>
            http.post('inference.create', { model: name, input: 'Hello, respond briefly', max_tokens: 16 }),
          );
        await expectBudget(measure, 'inferences');
      },
    );
});

test.describe('batches and whole flows', { ...alone, ...needs('registry', 'inference', 'batch') }, () => {
  test(
    'every item of a small batch is done within the time budget',
    requirement('PERF-08'),
    async ({ load, registerModel, batches }) => {
      const { name } = await registerModel();
      const items = Array.from({ length: 10 }, (_, k) => ({ input: `Hello, respond briefly (${k})`, max_tokens: 16 }));
      const measure = () =>
        load.users({ title: 'batches of ten', users: 1, rounds: 3, timeoutMs: 90_000 }, async () => {
          const { id } = (await batches.submit(name, items)).body;
          await batches.watch(id, ({ status }) => status === 'done', 60_000);
          const results = await batches.results(id);
          const missing = results.filter(({ output }) => !output).length + items.length - results.length;
          if (missing > 0)
            throw new Error(`Expected an output for each of ${items.length} batch items, but ${missing} have none.`);
        });
      await expectBudget(measure, 'batch');
    },
  );

  test(
    'the flow of register, infer, batch and remove is done within its time budget, again and again',
    requirement('PERF-10'),
    async ({ load, platformClientsFor, admin, user, newModel, unrecordedHttp }) => {
      const { registry } = platformClientsFor(admin, unrecordedHttp);
      const { inference, batches } = platformClientsFor(user, unrecordedHttp);
      const measure = () =>
        load.users({ title: 'flows', users: 4, rounds: 10, timeoutMs: 95_000 }, async () => {
          const { id, name } = (await registry.create(newModel())).body;
          await inference.infer({ model: name, input: 'Hello, respond briefly', max_tokens: 8 });
          const batch = (await batches.submit(name, [{ input: 'Goodbye', max_tokens: 8 }])).body;
          await batches.watch(batch.id, ({ status }) => status === 'done');
          await batches.results(batch.id);
          await registry.remove(id);
        });
      await expectBudget(measure, 'flow');
    },
  );
});
