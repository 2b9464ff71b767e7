import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { visibleInMessage } from '../../../fixtures/evidence/gate/colours.ts';
import { runConfigured } from '../support/inline-run.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** What a service may answer: colours that look like Playwright's. */
const coloured = 'a \x1b[32mgreen\x1b[39mand\x1b[31mred\x1b[39mturned \x1b[2mfaint\x1b[22m answer \x1b[95m';
const spec = `import { test, expect } from '$root/fixtures/index.ts';
const said = ${JSON.stringify(coloured)};
// As red as any, and spares a worker each: an unexpected failure would end it.
test.beforeEach(() => test.fail());
test('toBe', () => { expect(said).toBe('x'); });
test('toBe of lines', () => { expect(said + '\\n' + said).toBe('x\\n' + said); });
test('toEqual', () => { expect({ a: [said, said + '\\n'] }).toEqual({ a: ['x', said] }); });
test('toMatchObject', () => { expect({ a: { b: said } }).toMatchObject({ a: { b: 'x' } }); });
test('toContain', () => { expect([said]).toContain('x'); });
test('toContain of a text', () => { expect(said).toContain('x'); });
test('toMatch', () => { expect(said).toMatch(/x/); });
test('not.toMatch', () => { expect(said).not.toMatch(/red/); });
test('toThrow', () => { expect(() => { throw new Error(said); }).toThrow('x'); });
test('toHaveProperty', () => { expect({ [said]: said }).toHaveProperty('x', said); });
test('a message of its own', () => { expect(said, said).toBe('x'); });
test('poll', async () => { await expect.poll(() => said, { timeout: 50 }).toBe('x'); });
test('toPass', async () => { await expect(() => expect(said).toBe('x')).toPass({ timeout: 50 }); });
test('toMatchRows', () => { expect({ columns: [said], rows: [[said]] }).toMatchRows({ columns: ['x'], rows: [['x']] }); });
test('toBeProblem', () => { expect({ status: 200, body: { title: said }, headers: { 'content-type': said } }).toBeProblem(400, said); });
test('throws', () => { throw new Error(said, { cause: new Error(said) }); });
test('throws a text', () => { throw said; });
test('a step', async () => { await test.step(said, () => { throw new Error(said); }); });
test('an annotation', { annotation: { type: said, description: said } }, () => { expect(1).toBe(2); });
test('a time-out', async () => { test.setTimeout(50); await new Promise(() => {}); });
`;

/** Playwright's own red or its dim hint. */
const own = /\x1b\[(31m.*\x1b\[39m|2mexpect)/;
/** Tests whose message Playwright does not colour, and those that quote no answer. */
const [bare, quiet] = [new Set(['throws', 'throws a text', 'a step']), new Set(['an annotation', 'a time-out'])];

interface Told {
  readonly message?: string;
  readonly stack?: string;
  readonly value?: string;
  readonly cause?: Told;
}

test('messages keep Playwright’s own colours, and show those of the answers that they quote', async ({}, testInfo) => {
  test.setTimeout(120_000);
  const folder = testInfo.outputPath('coloured');
  mkdirSync(folder, { recursive: true });
  const files = {
    'package.json': '{ "type": "module" }',
    'playwright.config.ts': `import { definePlumbline } from '${root}projects/define.ts';
export default definePlumbline({ testDir: '.', suites: [], workers: 2, outputDir: './results', reporter: [['json', { outputFile: 'report.json' }]] });`,
    'a.spec.ts': spec.replaceAll('$root/', root),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  // No service need be there: no test asks for one.
  const { report, stderr } = await runConfigured(folder, [], { TARGET_URL: 'http://127.0.0.1:9', FORCE_COLOR: '1' });
  const results = new Map(
    report?.suites.flatMap(({ specs }) => specs).map(({ title, tests }) => [title, tests[0]?.results[0]]),
  );
  expect(results.size, stderr).toBe(20);
  for (const [title, result] of results) {
    const told = result?.error as Told | undefined;
    const all = [told?.message, told?.stack, told?.value, told?.cause?.message].filter(Boolean).join('\n');
    expect.soft(all, title).toMatch(bare.has(title) ? /^[^\x1b]+$/ : own);
    // The answer's magenta stands in no message of Playwright's; chalk makes of its ends new beginnings.
    expect.soft(all, title).not.toMatch(/\x1b\[95m|\x1b\[2mfaint|(?<!\\)\x1b\[3\dm(green|red|and|turned)/);
    if (!quiet.has(title)) expect.soft(all, title).toMatch(/answer \\x1b\[95m|\\u001b\[39mturned/i);
    if (title === 'a time-out') expect.soft(all).toContain('\x1b[31mTest timeout of 50ms exceeded.\x1b[39m');
    if (title === 'a step') expect.soft(result?.steps?.map((step) => step.title).join()).not.toContain('\x1b');
    if (title === 'an annotation') expect.soft(JSON.stringify(result?.annotations)).not.toContain('\\u001b');
  }
});

test('a colour is kept only where expect has begun, and only with its end on the same line', () => {
  const hint = '\x1b[2mexpect(\x1b[22m\x1b[31mreceived\x1b[39m\x1b[2m).\x1b[22mtoBe\x1b[2m(\x1b[22m';
  const ofLocators =
    '\x1b[2mexpect(\x1b[22m\x1b[31mlocator\x1b[39m\x1b[2m).\x1b[22mtoBeVisible\x1b[2m(\x1b[22m\x1b[2m)\x1b[22m failed';
  for (const own of [hint, ofLocators]) expect(visibleInMessage(own)).toBe(own);
  expect(visibleInMessage(`\x1b[31mx\x1b[39m\n${hint}`)).toBe(`\\x1b[31mx\\x1b[39m\n${hint}`);
  expect(visibleInMessage(`${hint}\n\x1b[31m"a \x1b[32mb \x1b[7mc\x1b[27m"\x1b[39m`)).toBe(
    `${hint}\n\x1b[31m"a \\x1b[32mb \x1b[7mc\x1b[27m"\x1b[39m`,
  );
  expect(visibleInMessage(`${hint}\n\x1b[31ma\nb\x1b[39m`)).toBe(`${hint}\n\\x1b[31ma\nb\\x1b[39m`);
  expect(visibleInMessage(`${hint} \x1b[8mhidden \x1b[39m`)).toBe(`${hint} \\x1b[8mhidden \\x1b[39m`);
});
