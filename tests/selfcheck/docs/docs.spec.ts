import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { fixturesPage } from '../../../tools/docs/fixtures.ts';
import { envExample, withSettingsTable } from '../../../tools/docs/settings.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const read = (file: string) => fs.readFileSync(path.join(root, file), 'utf8');
const remedy = 'npm run docs writes it anew';

test('.env.example and docs/settings.md document the settings as the code defines them', () => {
  expect(read('.env.example'), remedy).toBe(envExample());
  expect(read('docs/settings.md'), remedy).toBe(withSettingsTable(read('docs/settings.md')));
});

test('docs/fixtures.md lists every fixture as the code defines it', () => {
  expect(read('docs/fixtures.md'), remedy).toBe(fixturesPage());
});

test('every public fixture has a description in docs/fixtures.md', () => {
  const rows = [...fixturesPage().matchAll(/^\| `(\w+)` \| (.*?) \|/gm)].map(([, name, doc]) => ({ name, doc }));
  expect(rows.length).toBeGreaterThan(100);
  const undescribed = rows.filter(({ name, doc }) => !name?.startsWith('_') && doc === '').map(({ name }) => name);
  expect(undescribed, 'fixtures whose interface member has no comment').toEqual([]);
});

test('the root README has at most 150 lines', () => {
  expect(read('README.md').split('\n').length).toBeLessThanOrEqual(151);
});

const pages = fs.globSync(['*.md', 'docs/*.md', '{projects,tests,fixtures,servers,tools,seed,docker}/*.md'], {
  cwd: root,
});

test('every link between pages of the documentation leads to a file', () => {
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
      .map(([, to]) => to as string)
      .filter((to) => !fs.existsSync(path.join(root, path.dirname(page), to)))
      .map((to) => `${page}: ${to}`),
  );
  expect(pages.length).toBeGreaterThan(10);
  expect(broken).toEqual([]);
});

test('every path of the sources that the documentation names is there', () => {
  const named = /`((?:fixtures|servers|tools|projects|tests|seed|docker|docs|\.ci)\/[\w./-]+)`/g;
  const gone = pages.flatMap((page) =>
    [...read(page).matchAll(named)]
      .map(([, file]) => file as string)
      .filter((file) => !fs.existsSync(path.join(root, file)))
      .map((file) => `${page}: ${file}`),
  );
  expect(gone).toEqual([]);
});

test('every npm script that the documentation names is in package.json', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const unknown = pages.flatMap((page) =>
    [...read(page).matchAll(/npm run ([\w:]+)/g)]
      .map(([, name]) => name as string)
      .filter((name) => !Object.hasOwn(scripts, name))
      .map((name) => `${page}: npm run ${name}`),
  );
  expect(unknown).toEqual([]);
});

test('every TypeScript example of the documentation passes the type check', ({}, testInfo) => {
  const from = { "'../../fixtures/": `'${root}/fixtures/`, "'./fixtures/": `'${root}/fixtures/` };
  const examples = pages.flatMap((page) =>
    [...read(page).matchAll(/```ts\n([\s\S]*?)```/g)].map(([, text]) => ({ page, text: text as string })),
  );
  // An example of the npm package needs the package: package.spec.ts runs what `plumbline init` writes.
  const own = examples.filter(({ text }) => !text.includes("'plumbline"));
  expect(own.length).toBeGreaterThanOrEqual(3);
  for (const [i, { page, text }] of own.entries()) {
    const file = testInfo.outputPath(`${i}-${page.replaceAll(/\W/g, '-')}.ts`);
    fs.writeFileSync(
      file,
      Object.entries(from).reduce((example, [a, b]) => example.replaceAll(a, b), text),
    );
  }
  const config = testInfo.outputPath('tsconfig.json');
  fs.writeFileSync(config, JSON.stringify({ extends: `${root}/tsconfig.json`, include: ['*.ts'] }));
  const tsc = createRequire(import.meta.url)
    .resolve('typescript/package.json')
    .replace(/package\.json$/, 'bin/tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', config, '--pretty', 'false'], {
    encoding: 'utf8',
    cwd: root,
  });
  expect(stdout, 'what the compiler says; correct the example in the page that the file is named after').toBe('');
});
