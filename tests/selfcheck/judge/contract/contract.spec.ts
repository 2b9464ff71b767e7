import { expect, test } from '../../../../fixtures/index.ts';
import { readContract } from '../../../../fixtures/judge/contract/openapi.ts';
import { verifyContract } from '../../../../fixtures/judge/contract/verify.ts';
import { createHttpClient } from '../../../../fixtures/wire/http.ts';
import { createRecorder } from '../../../../fixtures/wire/recorder.ts';
import { type Fault, notesDocument, startNotes, stubHeaders } from './stub.ts';

const effort = { boundaries: 200, random: 100, phaseMs: 20_000 };

async function verified(fault?: Fault, seed = 7) {
  await using service = await startNotes(fault);
  await using http = createHttpClient({ baseUrl: service.url, recorder: createRecorder() });
  return await verifyContract({
    http,
    contract: readContract(notesDocument),
    headersFor: async () => stubHeaders,
    examples: { makeNote: () => ({ json: { title: 'Milk', priority: 2 } }) },
    effort,
    seed,
  });
}

const faults: [fault: Fault, rule: string, request: RegExp][] = [
  ['fails on letters with accents', 'no server error', /--data-raw '\{.*"title":"[^"]{1,6}"/],
  ['answers with an undeclared status', 'declared status', /"priority":5/],
  ['sends refusals as HTML', 'declared content type', /-X GET/],
  ['leaves out a field of its answer', 'declared shape', /-X GET '.*\/notes\/[0-9a-f-]{36}'/],
  ['accepts a title that is too long', 'invalid refused', /"title":"Milk[^"]{17}"/],
  ['accepts a note without a title', 'invalid refused', /--data-raw '\{\}'/],
  ['refuses a title of the greatest allowed length', 'valid accepted', /"title":"Milk[^"]{16}"/],
  ['answers 404 to undeclared methods', 'method not allowed', /-X (PUT|PATCH|DELETE|POST)/],
  ['answers 405 without an Allow header', 'method not allowed', /-X (PUT|PATCH|DELETE|POST)/],
  ['accepts requests without credentials', 'credentials needed', /-X (GET|POST|DELETE) '[^ ]*'(?! -H "Authorization)/],
  ['accepts any credentials', 'credentials needed', /Authorization/],
  ['still returns a deleted note', 'deleted things gone', /-X (GET|DELETE) '.*\/notes\/[0-9a-f-]{36}'/],
  ['loses a created note', 'created things there', /-X GET '.*\/notes\/[0-9a-f-]{36}'/],
  ['leaves out a required header', 'declared headers', /\/notes\/[0-9a-f-]{36}'/],
];

for (const [fault, rule, request] of faults)
  test(`the contract check reports "${rule}" for a service that ${fault}`, async () => {
    const { verdicts, story } = await verified(fault);
    expect([...new Set(verdicts.map((verdict) => verdict.rule))], story).toEqual([rule]);
    expect(verdicts.map(({ curl }) => curl).join('\n')).toMatch(request);
    expect(story).toMatch(/contract: .+\n {2}instead: {2}.+\n {2}curl -i -X/);
    expect(story).not.toContain('a-good-token');
  });

test('the contract check finds no breach in a service that keeps its contract, with five different seeds', async () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const { story, operations, requests, lives } = await verified(undefined, seed);
    expect(story).toBe('');
    expect(operations).toBe(4);
    expect(requests).toBeGreaterThan(200);
    expect(lives).toEqual(['/notes']);
  }
});

test('the contract check sends the same requests for the same seed', async () => {
  const [first, again] = [
    await verified('fails on letters with accents'),
    await verified('fails on letters with accents'),
  ];
  const bodies = ({ story }: typeof first) => story.match(/--data-raw .*/g);
  expect(bodies(again)).toEqual(bodies(first));
  expect(again.requests).toBe(first.requests);
});
