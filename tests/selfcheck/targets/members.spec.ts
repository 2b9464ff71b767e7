import { expect, test } from '@playwright/test';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { type InlineRun, outcomes, runProject } from '../support/inline-run.ts';
import { type Change, copyTarget } from '../support/own-target.ts';

const suites = ['--project=journey', '--workers=2'];
const [server, schema, description] = ['server.mjs', 'schema.sql', 'plumbline.target.ts'];

test.beforeEach(() => test.setTimeout(240_000));

const of = (run: InlineRun, status: string) => outcomes(run).filter((one) => one.status === status);

/** Expects a test of the run to be red, with these words in its error. */
function expectRed(run: InlineRun, title: RegExp, says: RegExp): void {
  const failed = of(run, 'failed');
  const red = failed.find((one) => title.test(one.title));
  expect(red?.title, `${failed.map((one) => one.title).join('\n')}\n${run.stderr}`).toMatch(title);
  expect(red?.errors.join('\n')).toMatch(says);
}

test(
  'accounts in tables of another schema are found by the queries of their description, and the tests of tokens, routes and input pass',
  requirement('OWN-01', 'OWN-05'),
  async ({}, testInfo) => {
    const env = { TARGET_PROFILE: copyTarget(testInfo, 'members') };
    const specs = ['auth-', 'security-'];
    const run = await runProject(testInfo, [...suites, ...specs], env);
    expect(
      of(run, 'failed').map(({ title }) => title),
      run.stderr,
    ).toEqual([]);
    const passed = of(run, 'passed').map(({ title }) => title);
    for (const title of [
      'an account is stored as one row, under the id that its answer has',
      'passwords are stored as salted hashes that nobody can look up',
      'a refused registration leaves no row in the database',
      'thirty users who register at once are stored as thirty accounts',
      'a sign-out ends one stored session, and leaves the others',
      'a sign-in, right or refused, leaves no password or token in the log, and no answer repeats one',
      'an access token that is signed again with the right key is accepted, and refused once it has expired',
    ])
      expect(passed).toContain(title);
    expect(passed.length).toBeGreaterThanOrEqual(50);
    const unnamed = of(run, 'skipped').filter(
      ({ annotations }) => !annotations.some((text) => /^skip: needs /.test(text)),
    );
    expect(unnamed, 'tests that are skipped without the name of a need').toEqual([]);
    expect(
      of(run, 'skipped').flatMap(({ annotations }) => annotations.filter((text) => text.startsWith('skip: '))),
    ).toContainEqual(expect.stringMatching(/^skip: needs /));
    expect(run.code).toBe(0);
  },
);

test(
  'a service that accepts registrations without storing them, and a query without a column, each turn the tests that ask for the rows red',
  requirement('OWN-05'),
  async ({}, testInfo) => {
    const changes: Change[] = [
      [server, "const accounts = 'members'", "const accounts = 'waiting_list'"],
      [
        schema,
        'CREATE TABLE visits (',
        'CREATE TABLE waiting_list (LIKE members INCLUDING ALL);\nCREATE TABLE visits (',
      ],
      [schema, 'member int NOT NULL REFERENCES members', 'member int NOT NULL'],
      [description, ', left_at IS NOT NULL AS ended', ', left_at IS NOT NULL AS gone'],
      [description, "salt || ' ' || digest AS stored FROM members", 'salt AS stored FROM guests'],
    ];
    const args = ['auth-accounts', 'auth-crowd', 'auth-sessions', '-g', 'stored|no row|signs in'];
    const run = await runProject(testInfo, [...suites, ...args], {
      TARGET_PROFILE: copyTarget(testInfo, 'members', changes),
    });
    expectRed(run, /^an account is stored as one row/, /^Error: ids of the rows of user-\w+@plumbline\.test\n/);
    expectRed(
      run,
      /^thirty users who register at once are stored as thirty/,
      /^Error: ids of the accounts that are stored\n/,
    );
    expectRed(
      run,
      /^a sign-out ends one stored session/,
      /^Error: The query state\.sessions of the description must return id, user, ended\. It returns id \(integer\), user \(integer\), gone \(boolean\): no column ended/,
    );
    expectRed(
      run,
      /^passwords are stored as salted hashes/,
      /^Error: The query state\.passwords of the description cannot be run in the database "club"\. Postgres says: relation "guests" does not exist\. Correct it:\n {2}SELECT no AS user, salt AS stored FROM guests/,
    );
    expect(of(run, 'passed').map(({ title }) => title)).toContain('a registered user signs in and gets new tokens');
  },
);

test(
  'a service that is careless with tokens, passwords, routes and input fails the tests that are about it',
  requirement('OWN-05', 'OWN-01'),
  async ({}, testInfo) => {
    const changes: Change[] = [
      // Hashes without salt, by which equal passwords are seen.
      [server, '(await scrypt(secret, salt, 32))', "(await scrypt(secret, 'pepper', 32))"],
      [server, 'salt,\n    await digestOf', "'',\n    await digestOf"],
      [server, 'const given = await', "if (!member) return refuse(403, 'no such member');\n  const given = await"],
      [server, 'signature !== sign(`${head}.${body}`)', '(signature !== "" && signature !== sign(`${head}.${body}`))'],
      [server, 'return claims.exp > now() ? claims : undefined', 'return claims'],
      [
        server,
        "if (!visitor) return refuse(401, 'sign in first')",
        "if (!visitor) return route === 'GET /whoami' ? [200, {}] : refuse(401, 'sign in first')",
      ],
      [server, '(/^\\d{1,9}$/.test(path) ? Number(path) : 0)', 'path'],
      [
        server,
        'const text = await bytesOf(request);',
        'const text = await bytesOf(request);\n      console.log(text);',
      ],
      [server, 'JSON.parse(text) ?? {}', 'JSON.parse(text)'],
      [server, 'UPDATE visits SET left_at = now() WHERE no', 'UPDATE visits SET left_at = NULL WHERE no'],
      [
        server,
        "    return refuse(400, 'a mail address and a secret of ten",
        "    return await rows('INSERT INTO members (mail, salt, digest) VALUES ($1, 1, 1)', mail), refuse(400, 'a mail address and a secret of ten",
      ],
    ];
    const specs = [
      'auth-accounts',
      'auth-secrets',
      'auth-sessions',
      'auth-timing',
      'auth-tokens',
      'security-input',
      'security-routes',
    ];
    // Each red test costs a worker, so only those are run that are looked at.
    const about =
      'stored as|no row|sign-(in|out)|alg none and no |signed again|request without cred|__proto__ makes|null as|takes as long';
    const run = await runProject(testInfo, [...suites, ...specs, '-g', about], {
      TARGET_PROFILE: copyTarget(testInfo, 'members', changes),
    });
    expectRed(run, /^a sign-in, right or refused, leaves no password/, /Error: the password is in the log/);
    const accepted = /But it was accepted: status is 200/;
    expectRed(run, /^passwords are stored as salted hashes/, /different hashes of one password/);
    expectRed(run, /^a refused sign-in takes as long/, /median time for unknown users/);
    expectRed(run, /^a refused registration leaves no row/, /rows of an account that was refused/);
    expectRed(run, /^a sign-out ends one stored session/, /sessions that a sign-out ended/);
    expectRed(run, /^an access token with alg none and no signature is refused/, accepted);
    expectRed(run, /^an access token that is signed again with the right key/, accepted);
    expectRed(
      run,
      /^every route that declares credentials .* refuses a request without/,
      /GET \/whoami is refused with a 4xx/,
    );
    expectRed(run, /^the path parameter __proto__ makes no route fail/, /(GET|DELETE) \/notes\/\{no\}/);
    expectRed(
      run,
      /^an auth request with null as its body/,
      /But the service failed instead of refusing it: status is 503/,
    );
  },
);
