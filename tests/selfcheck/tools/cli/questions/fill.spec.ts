import fs from 'node:fs';
import { fingerprint } from '../../../../../fixtures/judge/sql/fingerprint.ts';
import { createJudge } from '../../../../../fixtures/judge/sql/judge.ts';
import { requirement } from '../../../../../fixtures/spec/requirements.ts';
import type { StartedPostgres } from '../../../../../fixtures/stack/postgres/types.ts';
import { runSqlFile } from '../../../../../fixtures/target/description/sql-file.ts';
import { questions } from '../../../../../seed/questions/index.ts';
import { asOwner } from '../../../../../tools/cli/questions/as-owner.ts';
import { readCatalog } from '../../../../../tools/cli/questions/catalog.ts';
import type { Filled } from '../../../../../tools/cli/questions/fill/index.ts';
import { measure } from '../../../../../tools/cli/questions/measure.ts';
import { secondSql } from '../../../../../tools/cli/questions/write.ts';
import { expect, query, test } from '../../../support/postgres-servers.ts';
import { databaseOf, filled } from './filled.ts';

test.describe.configure({ mode: 'default' });

/** Each kind of constraint once; Postgres refuses what breaks one. */
const schema = `
  CREATE TABLE migrations (name text);
  CREATE TABLE countries (code text PRIMARY KEY, label text NOT NULL UNIQUE);
  CREATE TABLE people (
    id uuid PRIMARY KEY, boss uuid REFERENCES people, country text NOT NULL REFERENCES countries,
    name text NOT NULL, mail text UNIQUE, about jsonb, CHECK (mail LIKE '%@%')
  );
  CREATE TABLE projects (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, owner uuid NOT NULL REFERENCES people, title text NOT NULL,
    begun date NOT NULL, done date, budget numeric(8, 2) NOT NULL CHECK (budget BETWEEN 1 AND 1000),
    doubled numeric GENERATED ALWAYS AS (budget * 2) STORED, CHECK (done >= begun), UNIQUE (owner, title)
  );
  CREATE TABLE members (project int REFERENCES projects, person uuid REFERENCES people, hours int, PRIMARY KEY (project, person));
  INSERT INTO migrations VALUES ('001');
  INSERT INTO countries VALUES ('DE', 'Deutschland'), ('FR', 'Frankreich'), ('PL', 'Polen'), ('IT', 'Italien');
  INSERT INTO people SELECT gen.id, NULL, (ARRAY['DE', 'FR', 'PL'])[1 + n % 3], 'Given' || n || ' Family' || n,
    'given' || n || '@mail' || n % 3 || '.example', json_build_object('bio', 'Likes thing ' || n, 'kind', 'user')
    FROM (SELECT n, md5(n::text)::uuid AS id FROM generate_series(1, 60) n) AS gen;
  UPDATE people SET boss = md5((1 + length(name) % 7)::text)::uuid WHERE name > 'Given3';
  INSERT INTO projects (owner, title, begun, done, budget) SELECT md5((1 + n % 40)::text)::uuid, 'Project number ' || n,
    date '2024-01-01' + n, CASE WHEN n % 3 > 0 THEN date '2024-01-01' + n + n % 30 END, 1 + n FROM generate_series(1, 90) n;
  INSERT INTO members SELECT 1 + n % 90, md5((1 + n % 55)::text)::uuid, n % 50 FROM generate_series(1, 200) n ON CONFLICT DO NOTHING;`;

const gold = [
  "SELECT p.name FROM people p JOIN projects o ON o.owner = p.id WHERE o.budget > 50 AND p.country = 'DE'",
  'SELECT title FROM projects WHERE done IS NULL ORDER BY budget DESC LIMIT 5',
  "SELECT name FROM people WHERE name LIKE 'Given1%'",
  'SELECT project, sum(hours) FROM members GROUP BY project HAVING sum(hours) > 40',
];

/** A database of its own for each call, and what it was filled with. */
let made = 0;
async function again(postgres: StartedPostgres): Promise<{ name: string; tables: Filled['tables'] }> {
  const name = `filled_${process.pid}_${++made}`;
  await databaseOf(postgres, name, schema);
  return { name, ...(await filled(postgres, name, gold)) };
}

const column = ({ tables }: { tables: Filled['tables'] }, table: string, name: string): (string | null)[] => {
  const found = tables.find((one) => one.table.name === table);
  const at = found?.table.columns.filter(({ generated }) => !generated).findIndex((one) => one.name === name) ?? -1;
  return (found?.rows ?? []).map((row) => row[at] ?? null);
};

test(
  'a second instance keeps keys and constraints, and is the same each time',
  requirement('OWN-07'),
  async ({ postgres }) => {
    const [one, other] = [await again(postgres), await again(postgres)];
    const [first, second] = await Promise.all([one, other].map(({ name }) => fingerprint(postgres.url(name, 'admin'))));
    expect(second).toEqual(first);
    const counts = one.tables.map(({ table, rows }) => [table.name, rows.length]);
    expect(Object.fromEntries(counts)).toMatchObject({ countries: 4 });
    for (const [table, count] of counts) expect(count, String(table)).toBeGreaterThan(3);
    // Postgres checked all of it when it was written; what was dropped is told, and little.
    for (const { table, dropped, rows } of one.tables) expect(dropped, table.name).toBeLessThan(rows.length / 4);
    expect(column(one, 'people', 'boss').filter((boss) => boss !== null).length).toBeGreaterThan(3);
    expect(
      one.tables.map(({ table }) => table.name),
      'what no query and no key reaches',
    ).not.toContain('migrations');
    expect(await query(postgres.url(one.name, 'owner'), 'SELECT * FROM migrations')).toEqual([{ name: '001' }]);
  },
);

test('a second instance has no free text of the first, and few-valued texts in other shares', async ({ postgres }) => {
  const one = await again(postgres);
  const source = `source_${process.pid}_${++made}`;
  await databaseOf(postgres, source, schema);
  const before = async (sql: string) =>
    (await query<{ text: string }>(postgres.url(source, 'owner'), sql)).map(({ text }) => text);
  const told = gold.join();
  for (const [table, name, sql] of [
    ['people', 'name', 'SELECT name AS text FROM people'],
    ['people', 'mail', 'SELECT mail AS text FROM people'],
    ['projects', 'title', 'SELECT title AS text FROM projects'],
  ] as const) {
    const texts = new Set(await before(sql));
    expect(column(one, table, name).filter((text) => text !== null && texts.has(text) && !told.includes(text))).toEqual(
      [],
    );
  }
  const bios = new Set(await before("SELECT about ->> 'bio' AS text FROM people"));
  const documents = column(one, 'people', 'about').map((text) => JSON.parse(text ?? '{}'));
  expect(documents.filter(({ bio }) => bios.has(bio))).toEqual([]);
  expect(documents.filter(({ kind }) => kind === 'user').length).toBeGreaterThan(20);
  const countries = column(one, 'people', 'country');
  expect(new Set(countries)).toEqual(new Set(['DE', 'FR', 'PL', 'IT']));
});

test('a second instance has near misses for the conditions of the gold queries', async ({ postgres }) => {
  const one = await again(postgres);
  const budgets = column(one, 'projects', 'budget').map(Number);
  expect(budgets).toEqual(expect.arrayContaining([49, 50, 51]));
  const names = column(one, 'people', 'name');
  expect(names.filter((name) => name?.startsWith('given1') || name?.startsWith('GIVEN1'))).not.toEqual([]);
  const owners = new Set(column(one, 'projects', 'owner'));
  expect(column(one, 'people', 'id').filter((id) => !owners.has(id)).length, 'without partner').toBeGreaterThan(5);
  const sums = await query<{ sum: string }>(
    postgres.url(one.name, 'owner'),
    'SELECT sum(hours) FROM members GROUP BY project HAVING sum(hours) BETWEEN 39 AND 41',
  );
  expect(sums.length, 'groups at the border of HAVING').toBeGreaterThanOrEqual(3);
});

test('the SQL that is written makes the same instance of a copy of the first', async ({ postgres }, testInfo) => {
  const one = await again(postgres);
  const copy = `copy_${process.pid}_${++made}`;
  await databaseOf(postgres, copy, schema);
  const file = testInfo.outputPath('own.second.sql');
  fs.writeFileSync(file, secondSql('own', one.tables));
  await runSqlFile(file, postgres.url(copy, 'owner'));
  expect(await fingerprint(postgres.url(copy, 'admin'))).toEqual(await fingerprint(postgres.url(one.name, 'admin')));
});

test('tables that refer to each other and may not be NULL are named, with what to do', async ({ postgres }) => {
  const name = `circle_${process.pid}_${++made}`;
  await databaseOf(
    postgres,
    name,
    `CREATE TABLE a (id int PRIMARY KEY, b int NOT NULL); CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL REFERENCES a);
     ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b`,
  );
  await expect(filled(postgres, name, ['SELECT id FROM a'])).rejects.toThrow(
    /^(a \(b\) and b|b \(a\) and a) refer to each other, and neither may be NULL: .* Write the second instance by hand\.$/,
  );
});

test(
  'a made second instance of shop tells at least as many mutants apart as the one made by hand',
  requirement('OWN-07'),
  async ({ postgres }, testInfo) => {
    test.setTimeout(240_000);
    const names = { first: `shop_1_${process.pid}_${++made}`, byHand: `shop_2_${made}`, made: `shop_3_${made}` };
    const templates = { first: 'shop', byHand: 'shop_b', made: 'shop' };
    for (const [key, name] of Object.entries(names))
      await postgres.createClone(templates[key as keyof typeof names], name);
    const own = questions.filter(({ db_id }) => db_id === 'shop').map((one) => ({ ...one, database: 'shop' }));
    const catalog = await asOwner(postgres, names.first, readCatalog);
    await filled(
      postgres,
      names.made,
      own.map((one) => one.query),
    );
    const urls = Object.entries(names).map(([key, name]) => [key, postgres.url(name, 'reader')]);
    await using judge = createJudge(Object.fromEntries(urls));
    const measured = await measure(own, judge, catalog);
    const mutants = measured.flatMap((one) => one.mutants);
    const toldBy = (...by: string[]) => mutants.filter((one) => one.by.some((name) => by.includes(name))).length;
    const figures = {
      mutants: mutants.length,
      first: toldBy('first'),
      'by hand': toldBy('byHand'),
      made: toldBy('made'),
      'first and by hand': toldBy('first', 'byHand'),
      'first and made': toldBy('first', 'made'),
    };
    testInfo.annotations.push({ type: 'mutants told apart', description: JSON.stringify(figures) });
    expect(toldBy('first', 'made'), JSON.stringify(figures)).toBeGreaterThanOrEqual(toldBy('first', 'byHand'));
    expect(toldBy('made'), JSON.stringify(figures)).toBeGreaterThanOrEqual(toldBy('byHand'));
    expect(
      measured.filter((one) => one.rows['made'] === 0 || one.ambiguous.length > 0).map((one) => one.question.id),
    ).toEqual([]);
    for (const name of Object.values(names)) await postgres.dropClone(name);
  },
);
