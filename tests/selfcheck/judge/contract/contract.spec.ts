import { expect, test } from '../../../../fixtures/index.ts';
import { readContract } from '../../../../fixtures/judge/contract/document.ts';
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
  ['answers a status of its own', 'declared status', /"priority":5/],
  ['sends its refusals as HTML', 'declared content type', /-X GET/],
  ['leaves a field out', 'declared shape', /-X GET '.*\/notes\/[0-9a-f-]{36}'/],
  ['takes too long a title', 'invalid refused', /"title":"Milk[^"]{17}"/],
  ['takes a note without a title', 'invalid refused', /--data-raw '\{\}'/],
  ['refuses the longest title', 'valid accepted', /"title":"Milk[^"]{16}"/],
  ['says 404 to other methods', 'method not allowed', /-X (PUT|PATCH|DELETE|POST)/],
  ['says 405 without Allow', 'method not allowed', /-X (PUT|PATCH|DELETE|POST)/],
  ['lets strangers in', 'credentials needed', /-X (GET|POST|DELETE) '[^ ]*'(?! -H "Authorization)/],
  ['lets anybody in who shows something', 'credentials needed', /Authorization/],
  ['keeps what is deleted', 'deleted things gone', /-X (GET|DELETE) '.*\/notes\/[0-9a-f-]{36}'/],
  ['loses what is created', 'created things there', /-X GET '.*\/notes\/[0-9a-f-]{36}'/],
  ['forgets a header', 'declared headers', /\/notes\/[0-9a-f-]{36}'/],
];

for (const [fault, rule, request] of faults)
  test(`a service that ${fault} breaks one promise: ${rule}`, async () => {
    const { verdicts, story } = await verified(fault);
    expect([...new Set(verdicts.map((verdict) => verdict.rule))], story).toEqual([rule]);
    expect(verdicts.map(({ curl }) => curl).join('\n')).toMatch(request);
    expect(story).toMatch(/contract: .+\n {2}instead: {2}.+\n {2}curl -i -X/);
    expect(story).not.toContain('a-good-token');
  });

test('a service that keeps its promises is not accused, whatever the seed', async () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const { story, operations, requests, lives } = await verified(undefined, seed);
    expect(story).toBe('');
    expect(operations).toBe(4);
    expect(requests).toBeGreaterThan(200);
    expect(lives).toEqual(['/notes']);
  }
});

test('the same seed asks the same', async () => {
  const [first, again] = [
    await verified('fails on letters with accents'),
    await verified('fails on letters with accents'),
  ];
  const bodies = ({ story }: typeof first) => story.match(/--data-raw .*/g);
  expect(bodies(again)).toEqual(bodies(first));
  expect(again.requests).toBe(first.requests);
});
