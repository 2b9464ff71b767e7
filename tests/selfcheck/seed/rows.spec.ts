import { requirement } from '../../../fixtures/spec/requirements.ts';
import { knownCounts, tableCounts } from '../../../seed/databases/counts.ts';
import { fills } from '../../../seed/databases/fills.ts';
import { shopRows } from '../../../seed/databases/shop/rows.ts';
import { templateNames } from '../../../seed/databases/templates.ts';
import { expect, query, test } from '../support/postgres-servers.ts';

test.describe.configure({ mode: 'default' });

for (const template of templateNames) {
  test(
    `the seeded database ${template} has the documented number of rows in every table`,
    requirement('STACK-02', 'SQL-07'),
    async ({ postgres }) => {
      const name = `rows_${template}`;
      await postgres.createClone(template, name);
      const counted: Record<string, number> = {};
      for (const table of Object.keys(tableCounts[template])) {
        const [row] = await query<{ count: number }>(
          postgres.url(name, 'reader'),
          `SELECT count(*)::int FROM ${table}`,
        );
        counted[table] = row?.count ?? -1;
      }
      expect(counted).toEqual(tableCounts[template]);
      await postgres.dropClone(name);
    },
  );
}

for (const family of ['shop', 'clinic'] as const) {
  for (const [fill, template] of [family, `${family}_b` as const].entries()) {
    test(
      `the seeded database ${template} gives the documented results for the known counts`,
      requirement('SQL-07'),
      async ({ postgres }) => {
        const { database } = await postgres.leaseFresh(template);
        for (const { what, sql, rows } of knownCounts[family]) {
          const [row] = await query<{ count: string }>(postgres.url(database, 'reader'), sql);
          expect.soft(Number(row?.count), what).toBe(rows[fill]);
        }
        await postgres.releaseFresh(database);
      },
    );

    test(`every nullable column of the seeded database ${template} has NULLs and values`, async ({ postgres }) => {
      const { database } = await postgres.leaseFresh(template);
      const url = postgres.url(database, 'owner');
      const columns = await query<{ table_name: string; column_name: string }>(
        url,
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND is_nullable = 'YES'",
      );
      expect(columns.length).toBeGreaterThan(4);
      for (const { table_name, column_name } of columns) {
        const [row] = await query<{ nulls: number; values: number }>(
          url,
          `SELECT count(*) FILTER (WHERE ${column_name} IS NULL)::int AS nulls, count(${column_name})::int AS values FROM ${table_name}`,
        );
        expect.soft(row?.nulls, `nulls in ${table_name}.${column_name}`).toBeGreaterThan(0);
        expect.soft(row?.values, `values in ${table_name}.${column_name}`).toBeGreaterThan(0);
      }
      await postgres.releaseFresh(database);
    });
  }

  test(`the two fills of ${family} differ in every known count`, requirement('SQL-06'), () => {
    for (const { what, rows } of knownCounts[family]) expect.soft(rows[0], what).not.toBe(rows[1]);
  });
}

test(
  'the row generator of the shop makes the same rows for the same seed, and other rows for another seed',
  requirement('STACK-02'),
  () => {
    expect(shopRows(fills.shop)).toEqual(shopRows(fills.shop));
    expect(shopRows({ ...fills.shop, seed: 1 })).not.toEqual(shopRows(fills.shop));
  },
);

test('a query for the renamed column of a drifted database fails, and the hint of Postgres names the new column', async ({
  postgres,
}) => {
  for (const [template, sql, hint] of [
    ['shop_drifted', 'SELECT signup_date FROM customers', /customers\.signed_up_date/],
    ['clinic_drifted', 'SELECT specialty FROM doctors', /doctors\.speciality/],
  ] as const) {
    const { database } = await postgres.leaseFresh(template);
    const failure = await query(postgres.url(database, 'reader'), sql).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: '42703', hint: expect.stringMatching(hint) });
    await postgres.releaseFresh(database);
  }
});
