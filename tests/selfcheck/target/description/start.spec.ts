import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { requirement } from '../../../../fixtures/spec/requirements.ts';
import { skipWithout } from '../../../../fixtures/stack/optional/skip.ts';
import { outcomes, runProject } from '../../support/inline-run.ts';
import { copyTarget } from '../../support/own-target.ts';

const asked = ['--project=journey', '--workers=1', 'own-questions', '-g', 'count-deals'];
const all = ['--project=journey', '--workers=1', 'own-questions'];

test.beforeEach(() => test.setTimeout(120_000));

test(
  'a service that ends before it listens is one error with its last lines, and the other tests are skipped with a pointer to it',
  requirement('OWN-01', 'STACK-07'),
  async ({}, testInfo) => {
    const dies = "console.error('no licence found'); process.exit(3);\n";
    const profile = copyTarget(testInfo, 'text-to-sql', [['server.mjs', "import http from 'node:http';", dies]]);
    const run = await runProject(testInfo, all, { TARGET_PROFILE: profile });
    const [first, ...others] = outcomes(run);
    expect(first?.status).toBe('failed');
    expect(first?.errors[0]).toMatch(
      /^Error: The service did not start: .*"node server\.mjs".* exited with code 3 before it listened/,
    );
    expect(first?.errors[0]).toContain('no licence found');
    expect(others.map(({ status }) => status)).toEqual(Array(5).fill('skipped'));
    expect(others[0]?.annotations.join()).toContain('the error stands in the first test');
  },
);

test(
  'an error in a file of SQL is one error that names the database, the file and the line',
  requirement('OWN-02', 'STACK-07'),
  async ({}, testInfo) => {
    const profile = copyTarget(testInfo, 'text-to-sql', [['schema.sql', 'country text NOT NULL);', 'country txt);']]);
    const run = await runProject(testInfo, all, { TARGET_PROFILE: profile });
    const [first] = outcomes(run);
    expect(first?.errors[0]).toMatch(
      /The database "sales" of the description cannot be filled\. schema\.sql:2: Postgres says: type "txt" does not exist\./,
    );
  },
);

test(
  'a description that cannot be started ends the run with one line, where no URL is set either',
  requirement('OWN-01', 'STACK-07'),
  async ({}, testInfo) => {
    const profile = copyTarget(testInfo, 'text-to-sql');
    fs.writeFileSync(profile, fs.readFileSync(profile, 'utf8').replace(/ {2}start: \{[\s\S]*?\n {2}\},\n/, ''));
    const run = await runProject(testInfo, all, { TARGET_PROFILE: profile });
    expect(run.code).not.toBe(0);
    expect(run.report?.errors.map(({ message }) => message).join()).toContain(
      "describes a service, but not how it is started, and TARGET_URL is not set. Add start: { command: '…' }",
    );
    expect(outcomes(run).filter(({ status }) => status === 'passed')).toEqual([]);
  },
);

test(
  'databases are filled once, kept for later runs, and filled again when a file of theirs has changed',
  requirement('OWN-02'),
  async ({}, testInfo) => {
    const cache = testInfo.outputPath('cache');
    fs.mkdirSync(cache, { mode: 0o755 });
    const profile = copyTarget(testInfo, 'text-to-sql');
    const env = { TARGET_PROFILE: profile, PLUMBLINE_CACHE_DIR: cache };
    const filled = async () => {
      const { stderr, code } = await runProject(testInfo, asked, env);
      expect(code, stderr).toBe(0);
      return stderr.includes('filling the data directory');
    };
    expect(await filled()).toBe(true);
    expect(await filled()).toBe(false);
    fs.appendFileSync(path.join(path.dirname(profile), 'rows.sql'), "INSERT INTO reps VALUES (4, 'Di', 'east');\n");
    expect(await filled()).toBe(true);
    fs.rmSync(cache, { recursive: true });
  },
);

test(
  'a command fills a database as well, over TCP, and is run in every run unless its inputs are named',
  requirement('OWN-02'),
  async ({}, testInfo) => {
    const prepare = "prepare: ['schema.sql', { run: 'node fill.mjs', env: { DSN: '{postgres.sales.url}' } }]";
    const profile = copyTarget(testInfo, 'text-to-sql', [
      ['plumbline.target.ts', "prepare: ['schema.sql', 'rows.sql']", prepare],
    ]);
    fs.writeFileSync(
      path.join(path.dirname(profile), 'fill.mjs'),
      `import fs from 'node:fs'; import pg from 'pg';
const client = new pg.Client(process.env.DSN); await client.connect();
await client.query(fs.readFileSync('rows.sql', 'utf8')); await client.end();`,
    );
    for (let time = 0; time < 2; time++) {
      const run = await runProject(testInfo, asked, { TARGET_PROFILE: profile });
      expect(run.code, run.stderr).toBe(0);
      expect(run.stderr).toContain('filling the data directory');
    }
  },
);

test(
  'what the command of a service starts itself ends with the run',
  requirement('OWN-01', 'STACK-03'),
  async ({}, testInfo) => {
    skipWithout(testInfo, 'linux');
    const mark = `plumbline-grandchild-${testInfo.testId}-${testInfo.repeatEachIndex}`;
    const profile = copyTarget(testInfo, 'text-to-sql', [
      [
        'plumbline.target.ts',
        "command: 'node server.mjs'",
        `command: 'sh -c "exec -a ${mark} sleep 600" & node server.mjs'`,
      ],
    ]);
    const run = await runProject(testInfo, asked, { TARGET_PROFILE: profile });
    expect(run.code, run.stderr).toBe(0);
    const left = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes(mark));
    expect(left).toEqual([]);
  },
);

test(
  'a file as pg_dump writes it, with rows after COPY, fills a database',
  requirement('OWN-02'),
  async ({}, testInfo) => {
    const insert = "INSERT INTO reps VALUES (1, 'Ada', 'north'), (2, 'Bo', 'south'), (3, 'Cy', 'west');";
    const copy =
      '\\restrict abc\nCOPY public.reps (id, name, region) FROM stdin;\n1\tAda\tnorth\n2\tBo\tsouth\n3\tCy\twest\n\\.\n\n\\unrestrict abc\n';
    const profile = copyTarget(testInfo, 'text-to-sql', [['rows.sql', insert, copy]]);
    const run = await runProject(testInfo, [...all, '-g', 'won-by-rep'], { TARGET_PROFILE: profile });
    expect(
      outcomes(run).map(({ status }) => status),
      run.stderr,
    ).toEqual(['passed']);
  },
);
