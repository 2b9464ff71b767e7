import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestInfo } from '@playwright/test';
import { type InlineRun, runConfigured } from '../../support/inline-run.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

const config = `import { definePlumbline } from '$root/projects/define.ts';
export default definePlumbline({
  testDir: '.', suites: [], workers: 1, timeout: 30_000, outputDir: './test-results',
  reporter: [['list'], ['html', { open: 'never', outputFolder: 'html' }], ['junit', { outputFile: 'junit.xml' }]],
});`;

const spec = `import { test, expect } from '$root/fixtures/index.ts';
import { attachText } from '$root/fixtures/evidence/attach.ts';
import { redactor } from '$root/fixtures/redact/redactor.ts';
import { reportTraffic } from '$root/fixtures/faults/steady/report.ts';
import { memoryPicture } from '$root/fixtures/load/memory/picture.ts';
import { saturationPicture } from '$root/fixtures/load/saturation/picture.ts';
import { chatChunkSchema } from '$root/fixtures/clients/model-schemas.ts';
import { expectSuccess } from '$root/fixtures/clients/reply.ts';
import { sqlAnswerSchema } from '$root/fixtures/clients/sql-schemas.ts';
import { tracePicture } from '$root/fixtures/suites/traces/picture.ts';
import { traceOf } from '$root/fixtures/suites/traces/trace.ts';
import { storm } from '$root/tests/selfcheck/faults/steady-samples.ts';
import { hostileTexts } from '$root/tests/selfcheck/reporters/hostile/texts.ts';
import { compared, judged, sampled, saturation } from '$root/tests/selfcheck/reporters/performance/samples.ts';

const json = (data) => ({ contentType: 'application/json', body: JSON.stringify(data) });

for (const [i, [name, text]] of Object.entries(hostileTexts).entries())
  test(text, { annotation: { type: text, description: text } }, async ({ http, evidence, model }, testInfo) => {
    // As red as any, and spares a worker: an unexpected failure would end it.
    test.fail();
    const asks = (what) => http.request('GET', \`/\${i}/\${what}\`);
    const [plain, page, picture, answer, problem, nothing] = [
      await asks('plain'), await asks('page'), await asks('picture'), await asks('sql'), await asks('problem'), await asks('none'),
    ];
    await asks('json');
    await http.request('POST', \`/\${i}/none?q=\${encodeURIComponent(text)}\`, { json: { [text]: text } });
    for (const what of ['stream', 'events']) {
      const stream = await http.stream('GET', \`/\${i}/\${what}\`);
      if (stream.kind === 'stream') for await (const event of stream.events) testInfo.annotations.push({ type: event.name, description: event.data });
      await expect.soft(stream).toBeConformantStream({ kind: 'chat-completions' });
    }
    // Red in every way in which a test of a service goes red.
    expect.soft(plain.text, plain.text).toBe('nothing');
    expect.soft({ [plain.text]: [plain.text] }).toEqual({ a: [] });
    expect.soft([plain.text]).toContain('nothing');
    expect.soft(plain.text).toMatch(/nothing/);
    expect.soft(plain.headers).toMatchObject({ server: 'plumb' });
    expect.soft({ status: problem.status, body: problem.json(), headers: problem.headers }).toBeProblem(400, text);
    expect.soft(answer.json()).toMatchRows({ columns: ['a'], types: ['text'], rows: [['nothing']] });
    expect.soft(() => expectSuccess(nothing, sqlAnswerSchema, 'SQL answer')).not.toThrow();
    expect.soft(() => expectSuccess(answer, chatChunkSchema, text)).not.toThrow();
    expect.soft(() => page.json()).not.toThrow();
    expect.soft(await model.models().then(({ body }) => body.data.map(({ id }) => id))).toEqual(['one']);
    await test.step(text, async (step) => {
      await step.attach(text, { body: plain.text });
      throw new Error(plain.text, { cause: new Error(plain.text) });
    }).catch((error) => expect.soft(error.message).toBe(''));
    testInfo.annotations.push({ type: name, description: plain.text }, { type: 'issue', description: 'javascript:' + plain.text });
    console.log(plain.text);
    console.error(plain.text);

    // What the fixtures of other suites attach.
    await testInfo.attach(text, { body: plain.text, contentType: 'text/plain' });
    for (const end of ['', '.html', '.svg']) await attachText(testInfo, { name: text + end, text: plain.text }, redactor);
    await testInfo.attach('stack', json([{ role: text, provider: text, reason: text, detail: text }]));
    await testInfo.attach('smoke', json({ target: text, greetings: [
      { model: text, kind: 'chat', ms: 1, promptTokens: 1, completionTokens: 1, says: text, error: null },
      { model: text, kind: 'none', ms: null, promptTokens: 0, completionTokens: 0, says: '', error: text },
    ] }));
    const samples = storm.samples.map((sample) => ({ ...sample, ...(sample.kind === 'ok' ? {} : { code: text, detail: text }) }));
    await reportTraffic(testInfo, { title: text, samples, faults: storm.faults.map((fault) => ({ ...fault, label: text })), bands: { [text]: storm.bands.ready.map((change) => ({ ...change, state: text })) } });
    const svg = (body) => testInfo.attach('picture', { body, contentType: 'image/svg+xml' });
    await svg(memoryPicture(text, { [text]: [[0, 1], [1, 2]] }, { [text]: 3 }));
    await svg(saturationPicture({ ...saturation, title: text, knee: { rate: 40, reason: text } }));
    const span = { traceId: 'a', spanId: 'b', parentId: null, kind: 'server', startMs: 0, endMs: 2, attributes: { [text]: text }, error: true, links: [] };
    await svg(tracePicture(traceOf([{ ...span, name: text, service: text }, { ...span, spanId: 'c', parentId: 'b', name: text, service: text + '2' }])));
    const one = sampled({ title: text, seed: i, ms: 20, failing: 5 });
    const load = { ...compared(one.load, one.load, text), failures: { [text]: { n: 1, detail: text } } };
    await testInfo.attach('load 1: ' + text, json(load));
    await testInfo.attach('verdict: ' + text, json({ ...judged(one, 'endpoint', { p50Ms: 1 }), reason: text }));
    await testInfo.attach('saturation: ' + text, json({ ...saturation, title: text, knee: { rate: 40, reason: text } }));
    evidence.onFailure('log of ' + text, () => plain.text);
    throw new Error(plain.text);
  });
for (const text of Object.values(hostileTexts)) {
  test('skips for ' + text, () => test.skip(true, text));
  test('wants a browser for ' + text, ({}, testInfo) => {
    testInfo.annotations.push({ type: 'for want of', description: 'browser' });
    test.skip(true, text);
  });
  test('is inconclusive for ' + text, ({}, testInfo) => {
    testInfo.annotations.push({ type: 'inconclusive', description: text });
    test.skip(true, text);
  });
}
const all = Object.values(hostileTexts).map((text) => ({ type: 'requirement', description: text }));
test('fails for ' + all.map(({ description }) => description).join(' '), { annotation: all }, () => {
  for (const { description } of all) expect.soft(description, description).toBe('nothing');
});
for (const fence of [8, 9])
  test('fails for ' + Object.values(hostileTexts)[fence], () => { throw new Error(Object.values(hostileTexts)[fence]); });
`;

/** A folder with a configuration and a spec that fails on all that a hostile service answers, to be run. */
export function hostileProject(
  testInfo: TestInfo,
  url: string,
): { folder: string; summary: string; run(): Promise<InlineRun> } {
  const folder = testInfo.outputPath('hostile');
  const files = { 'package.json': '{ "type": "module" }', 'playwright.config.ts': config, 'hostile.spec.ts': spec };
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files))
    writeFileSync(path.join(folder, name), text.replaceAll('$root/', root));
  const summary = path.join(folder, 'summary.md');
  const env = { TARGET_URL: url, TARGET_PROFILE: 'openai', GITHUB_STEP_SUMMARY: summary };
  return { folder, summary, run: () => runConfigured(folder, [], env) };
}
