import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@playwright/test';
import { narrowerThanProject, readLock, unfitFor, widened } from '../../../../tools/package/lockfile/engines.ts';

/** A lock file of one package, which asks for this Node. */
const locked = (node: string, more: object = {}) => ({
  packages: { '': { engines: { node: '>=20' } }, 'node_modules/one': { version: '1.0.0', engines: { node }, ...more } },
});

test('npm ci warns about no package on any Node that this project supports for installation', () => {
  const remedy = 'package-lock.json asks for a newer Node than package.json does: `npm run lockfile` mends it';
  expect(narrowerThanProject(readLock()), remedy).toEqual([]);
});

test('every installed package runs on the Node that is installed with it', () => {
  expect(unfitFor(process.versions.node, readLock()), 'take an older one, or raise `node` in package.json').toEqual([]);
});

for (const [range, narrower] of [
  ['>=22', true],
  ['^20.19.0 || >=22.12.0', true],
  ['20 || >=22', true],
  ['>=18', false],
  ['*', false],
] as const)
  test(`npm ${narrower ? 'would' : 'would not'} warn about a package that asks for Node ${range}`, () => {
    const lock = locked(range);
    expect(narrowerThanProject(lock)).toEqual(narrower ? ['node_modules/one'] : []);
    expect(widened(lock)).toEqual(
      narrower ? { packages: { ...lock.packages, 'node_modules/one': { version: '1.0.0' } } } : lock,
    );
  });

test('an optional package may ask for any Node, because npm leaves the package out elsewhere', () => {
  const lock = locked('>=22', { optional: true });
  expect(widened(lock)).toEqual(lock);
});

test('a package that does not run on the Node that is installed is named, whatever the lock file says', ({}, testInfo) => {
  const folder = testInfo.outputPath('project');
  const manifest = path.join(folder, 'node_modules/one/package.json');
  fs.mkdirSync(path.dirname(manifest), { recursive: true });
  fs.writeFileSync(manifest, JSON.stringify({ engines: { node: '>=26' } }));
  expect(unfitFor('24.1.0', locked('*'), pathToFileURL(`${folder}/`))).toEqual(['node_modules/one needs Node >=26']);
  expect(unfitFor('26.0.0', locked('*'), pathToFileURL(`${folder}/`))).toEqual([]);
});
