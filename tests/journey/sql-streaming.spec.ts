import { expect, needs, question, requirement, sqlStreamRules, test } from '../../fixtures/index.ts';

for (const id of ['shop-001', 'clinic-006']) {
  const asked = question(id);
  test(
    `progress and SQL of "${asked.question}" stream before its rows`,
    requirement('SQL-10', needs('sql.streaming')),
    async ({ sql }) => {
      const stream = await sql.stream(asked.question);
      const events = await stream.collect();
      const order = events.map(({ name }) => name);
      expect(order[0]).toBe('progress');
      expect(order.indexOf('database')).toBeLessThan(order.indexOf('token'));
      expect(order.indexOf('token')).toBeLessThan(order.indexOf('sql'));
      expect(order.indexOf('sql')).toBeLessThan(order.indexOf('rows'));
      expect(order.at(-1)).toBe('done');
      await expect(stream.wire).toBeConformantStream(sqlStreamRules);
      // The wire, not the order of events alone: the SQL was in another chunk, earlier than the rows.
      const at = (name: string) => events.find((event) => event.name === name)?.at ?? Number.NaN;
      expect(at('sql')).toBeLessThan(at('rows'));
    },
  );

  test(
    `the streamed result of "${asked.question}" equals the plain one`,
    requirement('SQL-10', needs('sql.streaming')),
    async ({ sql }) => {
      const plain = await sql.ask(asked.question);
      const events = await (await sql.stream(asked.question)).collect();
      const done = events.find((event) => event.name === 'done');
      const rows = events.find((event) => event.name === 'rows');
      const tokens = events.filter((event) => event.name === 'token').map(({ data }) => data.text);
      for (const field of ['database', 'sql', 'confidence', 'columns', 'types', 'rows', 'row_count', 'usage'] as const)
        expect(done?.data[field], field).toEqual(plain.body[field]);
      expect(rows?.data.rows).toEqual(plain.body.rows);
      expect(tokens.join('').trim()).toBe(plain.body.sql);
    },
  );
}

test(
  'a refusal before the stream is a real 4xx',
  requirement('SQL-10', 'STREAM-11', needs('sql.streaming', 'sql.refusals')),
  async ({ sql }) => {
    const headers = { accept: 'text/event-stream' };
    const response = await sql.refusal({ question: '', stream: true }, { headers });
    expect(response.status).toBe(422);
    expect(response.headers['content-type']).toMatch(/application\/problem\+json/);
  },
);
