import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { requirement } from '../../../../../fixtures/spec/requirements.ts';
import { plumbline } from '../../../support/cli.ts';
import { outcomes, runProject } from '../../../support/inline-run.ts';
import { sales, weak } from './sales.ts';

interface Figures {
  readonly instances: string[];
  readonly mutants: number;
  readonly toldApart: Record<string, number>;
  readonly questions: {
    id: string;
    rows: Record<string, number>;
    fails?: string;
    notToldApart: { change: string }[];
  }[];
}

test(
  'plumbline questions tells weak questions with the reason, and --fill makes an instance whose rows show more',
  requirement('OWN-07'),
  async ({}, testInfo) => {
    test.setTimeout(180_000);
    const profile = sales(testInfo, weak);
    const file = testInfo.outputPath('report.json');
    const look = async (...more: string[]) => {
      const said = await plumbline(['questions', '--profile', profile, '--json', file, ...more]);
      expect(said.code, said.stderr).toBe(0);
      return { said, report: (JSON.parse(fs.readFileSync(file, 'utf8')) as [Figures])[0] };
    };
    const { said, report } = await look();
    expect(report.instances).toEqual(['first']);
    expect(said.stdout).toMatch(/^sales: 2 questions, \d+ mutants, \d+ told apart \(first \d+\)\n/);
    expect(said.stdout).toMatch(/^ {2}large +55? *\d* /m);
    expect(said.stdout).toContain('amount > 105 can be amount >= 105: no row is on the border');
    expect(said.stdout).toContain('LEFT JOIN deals can be INNER: no row of reps that counts is without one of deals');

    const filled = await look('--fill');
    expect(filled.said.stderr).toContain(
      "sales.second.sql is written. In the description: databases: { sales: { …, second: ['sales.second.sql'] } }",
    );
    expect(filled.report.toldApart['all']).toBeGreaterThan(report.toldApart['all'] as number);
    expect(filled.said.stdout).not.toContain('no row is on the border');
    expect(filled.said.stdout).not.toContain('LEFT JOIN deals can be INNER');

    const written = fs.readFileSync(path.join(path.dirname(profile), 'sales.second.sql'), 'utf8');
    sales(testInfo, weak, { second: ", second: ['sales.second.sql']" });
    const second = await look();
    expect(second.report.instances).toEqual(['first', 'second']);
    expect(second.report.toldApart['second'], 'what is written is what was measured').toBe(
      filled.report.toldApart['made'],
    );
    await look('--fill');
    expect(fs.readFileSync(path.join(path.dirname(profile), 'sales.second.sql'), 'utf8')).toBe(written);
  },
);

test(
  'plumbline questions tells gold queries that fail or find nothing before all others, and exits with 1',
  requirement('OWN-07'),
  async ({}, testInfo) => {
    const broken = [
      ...weak,
      { id: 'misspelt', question: 'How many?', query: 'SELECT count(*) FROM deal' },
      { id: 'empty', question: 'Which are sold?', query: "SELECT title FROM deals WHERE state = 'sold'" },
    ];
    const { code, stdout } = await plumbline(['questions', '--profile', sales(testInfo, broken)]);
    expect(code).toBe(1);
    const [, ...lines] = stdout.split('\n');
    expect(lines[0]).toMatch(/^ {2}misspelt: The gold query fails on first \(42P01: relation "deal" does not exist\)/);
    expect(lines[1]).toBe(
      "  empty: finds no rows. Correct it, or add rows: SELECT title FROM deals WHERE state = 'sold'",
    );
  },
);

test('a file of the user with the name of the second instance stays, and is named', async ({}, testInfo) => {
  const profile = sales(testInfo, weak);
  const file = path.join(path.dirname(profile), 'sales.second.sql');
  fs.writeFileSync(file, 'SELECT 1;\n');
  const { code, stderr } = await plumbline(['questions', '--fill', '--profile', profile]);
  expect(code).toBe(1);
  expect(stderr).toContain(`plumbline: ${file} was not made by plumbline, and stays: rename it, or move it away.`);
  expect(fs.readFileSync(file, 'utf8')).toBe('SELECT 1;\n');
});

for (const [what, write, problem] of [
  [
    'a description that is not there',
    () => './none.target.ts',
    /^plumbline: --profile .*: there is no such description\. Give the path of its file/m,
  ],
  [
    'a description without questions',
    (info) => sales(info, []),
    /^plumbline: --profile .*: .*questions\.json has no questions\. Add some/m,
  ],
  [
    'a second instance that has the name of a database',
    (info) => sales(info, weak, { second: ", second: ['rows.sql'] }, sales_second: {" }),
    /databases\.sales_second: is the name of the second instance of sales: give this one another\.$/m,
  ],
  [
    'a second instance that cannot be filled',
    (info) => sales(info, weak, { second: ", second: ['rows.sql']" }),
    /The second instance of the database "sales" of the description cannot be filled\. rows\.sql:1: Postgres says: relation "reps" already exists\./,
  ],
] as [string, (info: Parameters<typeof sales>[0]) => string, RegExp][])
  test(`plumbline questions says plainly what is wrong with ${what}`, async ({}, testInfo) => {
    const { code, stderr } = await plumbline(['questions', '--profile', write(testInfo)]);
    expect(code).toBe(1);
    expect(stderr).toMatch(problem);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

test(
  'SQL that is right by chance on the first instance is refused on the second of the description',
  requirement('OWN-07'),
  async ({}, testInfo) => {
    test.setTimeout(180_000);
    // The service asks for more than 104, and no deal of the first instance is between the two.
    const server = `import http from 'node:http';
      import pg from ${JSON.stringify(import.meta.resolve('pg'))};
      const pool = new pg.Pool({ connectionString: process.env.DSN });
      http.createServer(async (request, response) => {
        await Array.fromAsync(request);
        const sql = 'SELECT title FROM deals WHERE amount > 104';
        const rows = request.method === 'POST' ? (await pool.query(sql)).rows : [];
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ sql, rows }));
      }).listen(Number(process.env.PORT), '127.0.0.1');`;
    const more = `, start: { command: 'node server.mjs', env: { PORT: '{port}', DSN: '{postgres.sales.reader.url}' } },
      sql: { paths: { ask: '/' }, request: { question: 'q' }, response: { sql: 'sql', rows: 'rows' } }`;
    const verdicts = async (second: string) => {
      const profile = sales(testInfo, weak.slice(0, 1), { second, more });
      fs.writeFileSync(path.join(path.dirname(profile), 'server.mjs'), server);
      fs.writeFileSync(
        path.join(path.dirname(profile), 'other.sql'),
        "INSERT INTO deals VALUES (99, 1, 'Border', 105, 'won');",
      );
      const run = await runProject(testInfo, ['--project=journey', 'own-questions'], { TARGET_PROFILE: profile });
      return outcomes(run);
    };
    expect(await verdicts('')).toMatchObject([{ status: 'passed' }]);
    const [refused] = await verdicts(", second: ['other.sql']");
    expect(refused).toMatchObject({ status: 'failed' });
    expect(refused?.errors.join()).toContain('on instance second');
  },
);

test(
  'plumbline questions says in one line which databases it does not look at, because they are of another engine',
  requirement('OWN-07'),
  async () => {
    const said = await plumbline(['questions', '--profile', 'tests/targets/sqlite/plumbline.target.ts']);
    expect(said).toEqual({
      code: 0,
      stdout: '',
      stderr:
        "deals is one of sqlite, and its 5 questions are not looked at: gold queries are changed in Postgres's SQL alone. They are judged in a run.\n",
    });
  },
);
