import { expect, test } from '@playwright/test';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { type InlineRun, outcomes, runProject } from '../support/inline-run.ts';
import { type Change, copyTarget } from '../support/own-target.ts';

const projects = ['--project=journey', '--project=resilience', '--workers=2'];
const suites = [
  'journey/(accounts|uploads|own-|ask|documents|auth-|security-)',
  'resilience/(dependencies|own-service)',
];

test.beforeEach(() => test.setTimeout(400_000));

const of = (run: InlineRun, status: string): string[] =>
  outcomes(run)
    .filter((one) => one.status === status)
    .map(({ title }) => title);

test(
  'a service with cookies, raw uploads and a worker process is verified through its hooks and its own documents',
  requirement('OWN-01', 'OWN-03', 'OWN-08', 'STACK-08'),
  async ({}, testInfo) => {
    const run = await runProject(testInfo, [...projects, ...suites], {
      TARGET_PROFILE: copyTarget(testInfo, 'documents'),
    });
    expect(of(run, 'failed'), run.stderr).toEqual([]);
    const passed = of(run, 'passed');
    expect(passed.filter((title) => title.startsWith('document question '))).toHaveLength(4);
    expect(passed.filter((title) => title.includes(' in no answer, citation or error'))).toHaveLength(2);
    expect(passed.filter((title) => /^while (postgres|model) /.test(title))).toHaveLength(8);
    expect(passed.filter((title) => title.startsWith('registering with '))).toHaveLength(7);
    expect(passed.length, passed.join('\n')).toBeGreaterThan(55);
    expect(
      outcomes(run)
        .filter(
          ({ status, annotations }) =>
            status === 'skipped' && !annotations.some((text) => /^skip: (needs |no request)/.test(text)),
        )
        .map(({ title, annotations }) => `${title}: ${annotations.join()}`),
      'tests that are skipped without the name of a need',
    ).toEqual([]);
    expect(run.code).toBe(0);
  },
);

/** A test that a fault must turn red, and the first line of its error then. */
type Red = readonly [title: RegExp, says: RegExp];
interface Fault {
  readonly what: string;
  readonly changes: readonly Change[];
  readonly red: Red;
}

/** Faults that a team could ship. Those of a group are in one service, and each is about another test. */
const groups: readonly { readonly what: string; readonly run: readonly string[]; readonly faults: readonly Fault[] }[] =
  [
    {
      what: 'keeps sessions, passages and duplicates wrongly',
      run: ['journey/(accounts|uploads|own-documents)'],
      faults: [
        {
          what: 'signing out ends no session',
          changes: [['server.mjs', 'await leave(await memberOf(request));', 'await memberOf(request);']],
          red: [/^a session that was signed out is refused/, /^Error: the session that was signed out/],
        },
        {
          what: 'only the beginning of a session is compared',
          changes: [
            ['people.mjs', '[hash(ticket), guard, no]', '[hash(ticket.slice(0, 12)), guard, no]'],
            ['people.mjs', '        hash(ticket),\n', '        hash(ticket.slice(0, 12)),\n'],
          ],
          red: [/^a session that was tampered with/, /^Error: a session with one character changed/],
        },
        {
          what: 'an unknown address is told from a wrong secret',
          changes: [
            [
              'people.mjs',
              '  if (!member || ',
              "  if (!member) throw new Fault(404, 'stranger', 'nobody has this address');\n  if (",
            ],
          ],
          red: [/^a wrong password and an unknown user are refused with the same answer/, /^Error: an unknown user/],
        },
        {
          what: 'scripts can read the session cookie',
          changes: [['people.mjs', 'Path=/; HttpOnly; SameSite=Lax`', 'Path=/; SameSite=Lax`']],
          red: [/^a session cookie can be read by no script/, /^Error: expect\(received\)\.toMatch/],
        },
        {
          what: 'a citation is the first sentence of the passage, whatever was asked',
          changes: [['answer.mjs', 'passage: source }', 'passage: sentencesOf(passage.words)[0] }']],
          red: [
            /^document question berth-fee /,
            /^Error: The answer cites "Boats longer .*, and a citation that leads to "The fee for one night is 35 euros\."/,
          ],
        },
        {
          what: 'the sentence that fits into no passage any more is lost',
          changes: [['passages.mjs', 'open = open.slice(-1);', 'open = [];\n          continue;']],
          red: [/^of a long text, a sentence at the border/, /^Error: houses whose sentence is not cited/],
        },
        {
          what: 'the same bytes are a new paper each time',
          changes: [
            [
              'papers.mjs',
              ".update(bytes).digest('hex')",
              ".update(bytes).update(String(Math.random())).digest('hex')",
            ],
          ],
          red: [/^the same bytes twice are one document/, /^Error: documents of four uploads of the same bytes/],
        },
        {
          what: 'a refused question is a success without an answer',
          changes: [
            [
              'server.mjs',
              "throw new Fault(400, 'form', 'text must be a question of up to 1,000 characters', 'text');",
              "return ok({ reply: 'What do you mean?', sources: [] });",
            ],
          ],
          red: [/^an empty question about documents is refused/, /^Error: expect\(received\)\.toMatch/],
        },
        {
          what: 'a file that cannot be read is finished all the same',
          changes: [['worker.mjs', "finish(ref, paper, 'broken', message)", "finish(ref, paper, 'finished', null)"]],
          red: [/^a PDF that is cut is refused/, /^Error: expect\(received\)\.toMatch/],
        },
        {
          what: 'every other answer is another one',
          changes: [
            [
              'answer.mjs',
              'return { reply: said,',
              'return { reply: (globalThis.odd = !globalThis.odd) ? said : `${said}.`,',
            ],
          ],
          red: [/^a question gets the same answer each time/, /^Error: different answers to one question/],
        },
      ],
    },
    {
      what: "answers from everybody's papers, keeps deleted ones, and guesses",
      run: ['journey/(accounts|uploads|own-documents)'],
      faults: [
        {
          what: 'signing out ends every session of the member',
          changes: [
            [
              'people.mjs',
              'DELETE FROM visits WHERE ticket = $1',
              'DELETE FROM visits WHERE member = (SELECT member FROM visits WHERE ticket = $1)',
            ],
          ],
          red: [/^signing one session out leaves the other sessions/, /^Error: another session of the user/],
        },
        {
          what: 'who registers a taken address is signed in',
          changes: [
            [
              'people.mjs',
              "throw new Fault(409, 'taken', 'this address has an account already', 'mail');",
              "return { status: 201, ...(await visit((await rowsOf('SELECT * FROM members WHERE mail = $1', [mail]))[0])) };",
            ],
          ],
          red: [/^an e-mail address gets only one account/, /^Error: accounts of one address/],
        },
        {
          what: 'a secret of three characters will do',
          changes: [
            ['people.mjs', 'secret.length < 10', 'secret.length < 3'],
            ['people.mjs', 'size < 4', 'size < 3'],
          ],
          red: [/^registering with a password of three characters/, /^Error: status of the registration/],
        },
        {
          what: 'a header takes the place of the method',
          changes: [
            [
              'server.mjs',
              'method === request.method',
              "method === (request.headers['x-http-method'] ?? request.method)",
            ],
          ],
          red: [/^a header that asks for another method/, /^Error: x-http-method/],
        },
        {
          what: 'questions are answered without a session',
          changes: [
            [
              'server.mjs',
              '      const member = await memberOf(request);\n      const { text',
              '      const member = await memberOf(request).catch(() => ({ no: 0 }));\n      const { text',
            ],
          ],
          red: [/^a question about documents is refused with 401/, /^Error: asking/],
        },
        {
          what: "answers come from other members' papers",
          changes: [['answer.mjs', 'WHERE p.member = $1 AND', 'WHERE $1::bigint IS NOT NULL AND']],
          red: [
            /^what answers document question tool-shed reaches another user/,
            /^Error: "4417" of staff must never reach another user, who asked\./,
          ],
        },
        {
          what: 'a deleted paper stays',
          changes: [
            ['papers.mjs', 'DELETE FROM papers WHERE ref = $1', 'UPDATE papers SET state = $$burnt$$ WHERE ref = $1'],
          ],
          red: [/^a deleted document is gone for its owner/, /^Error: its owner reads what was deleted/],
        },
        {
          what: 'what no paper says is answered from the nearest passage',
          changes: [
            ['answer.mjs', 'const enough = 0.6;', 'const enough = 0;'],
            ['answer.mjs', 'if (!source) return silent;', ''],
            ['answer.mjs', 'passage: source }', 'passage: source ?? passage.words }'],
          ],
          red: [
            /^document question sapphires has no answer/,
            /^Error: The answer is ".*", and a match of \/do not say\/ is expected/,
          ],
        },
      ],
    },
    {
      what: 'tells who owns a paper, and takes the silence of its model for an answer',
      run: [
        'journey/uploads',
        'resilience/(dependencies|own-service)',
        '-g',
        "another user's document|model refuses|in turn|forty callers|half a request",
      ],
      faults: [
        {
          what: "somebody else's paper is forbidden, not unknown",
          changes: [
            [
              'papers.mjs',
              '  if (!paper) throw lost();\n  return paper;',
              "  if (!paper && !/^0{8}/.test(ref)) throw new Fault(403, 'theirs', 'this paper is not yours');\n  if (!paper) throw lost();\n  return paper;",
            ],
          ],
          red: [/^a question about another user's document/, /^Error: the same as what is said of an unknown id/],
        },
        {
          what: 'an outage of the model is told as an answer',
          changes: [
            [
              'model.mjs',
              "throw new Fault(503, 'model', 'the reading room is closed for a moment: no model answers');",
              "return 'I do not know.';",
            ],
          ],
          red: [/^while model refuses connections/, /^Error: requests without an answer, and wrong answers/],
        },
        {
          what: 'the same while dependencies fail in turn',
          changes: [],
          red: [/^while its dependencies fail in turn/, /^Error: requests without an answer, and wrong answers/],
        },
        {
          what: 'more than twelve connections are broken',
          changes: [['server.mjs', 'server.listen(', 'server.maxConnections = 12;\nserver.listen(']],
          red: [/^forty callers at once/, /^Error: /],
        },
        {
          what: 'slow callers hold those twelve',
          changes: [],
          red: [/^callers who send half a request/, /^Error: requests beside the slow callers/],
        },
      ],
    },
    {
      what: 'answers an upload before it is stored',
      run: ['journey/uploads', '-g', 'an upload that was answered is stored'],
      faults: [
        {
          what: 'a paper is stored half a second after it was accepted',
          changes: [
            [
              'papers.mjs',
              "import { createHash } from 'node:crypto';",
              "import { createHash, randomUUID } from 'node:crypto';",
            ],
            [
              'papers.mjs',
              '  return atOnce(async (rows) => {\n',
              `  const later = [randomUUID(), randomUUID()];
  setTimeout(async () => {
    const all = [later[0], member.no, name, digest, bytes];
    await rowsOf('INSERT INTO papers (ref, member, title, digest, file) VALUES ($1, $2, $3, $4, $5)', all).catch(() => {});
    await rowsOf('INSERT INTO tasks (ref, paper) VALUES ($1, $2)', [later[1], later[0]]).catch(() => {});
  }, 500);
  if (later) return { status: 202, body: { paper: later[0], task: later[1] } };
  return atOnce(async (rows) => {
`,
            ],
          ],
          red: [
            /^an upload that was answered is stored/,
            /^Error: what is said of a document that was accepted just now/,
          ],
        },
      ],
    },
  ];

for (const { what, run: args, faults } of groups)
  test(
    `a service that ${what} fails the tests that are about it, each for its own reason`,
    requirement('OWN-08', 'OWN-03'),
    async ({}, testInfo) => {
      const changes = faults.flatMap((fault) => fault.changes);
      const run = await runProject(testInfo, [...projects, ...args], {
        TARGET_PROFILE: copyTarget(testInfo, 'documents', changes),
      });
      const failed = outcomes(run).filter(({ status }) => status === 'failed');
      const seen = failed.map(({ title, errors }) => `${title}: ${errors[0]?.split('\n')[0]}`).join('\n');
      for (const { what: fault, red } of faults) {
        const [title, says] = red;
        const found = failed.find((one) => title.test(one.title));
        expect.soft(found?.title ?? seen, `${fault}: the test that turns red\n${run.stderr}`).toMatch(title);
        expect.soft(found?.errors[0]?.split('\n')[0] ?? '', `${fault}: the first line of its error`).toMatch(says);
      }
    },
  );
