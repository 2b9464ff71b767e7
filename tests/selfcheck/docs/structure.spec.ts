import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { arrowsBetweenFolders, circlesIn } from '../../../tools/docs/structure.ts';

const root = path.resolve(import.meta.dirname, '../../..');

test('no folders under fixtures/ import each other in a circle', () => {
  const arrows = arrowsBetweenFolders(root, 'fixtures');
  expect(arrows.size).toBeGreaterThan(20);
  const circles = circlesIn(arrows).map((group) => ({
    circle: group.join(', '),
    imports: [...arrows]
      .filter(([arrow]) => arrow.split(' -> ').every((end) => group.includes(end)))
      .flatMap(([, all]) => all),
  }));
  expect(circles).toEqual([]);
});

test('servers import no other server', () => {
  expect([...arrowsBetweenFolders(root, 'servers').keys()]).toEqual([]);
});

test('a circle of folders is found, with the folders in it', () => {
  const arrows = new Map(['a -> b', 'b -> c', 'c -> a', 'c -> d', 'd -> e'].map((arrow) => [arrow, []]));
  expect(circlesIn(arrows)).toEqual([['a', 'b', 'c']]);
});

test('file names are in kebab-case everywhere', () => {
  const files = fs.globSync('{fixtures,servers,tools,projects,tests,seed,docker}/**/*.{ts,js,py}', {
    cwd: root,
    exclude: (name) => name === 'node_modules',
  });
  const other = files.filter((file) => /\.(ts|js)$/.test(file) && /[A-Z_]/.test(file));
  expect(files.length).toBeGreaterThan(500);
  expect(other).toEqual([]);
});

test('the linter has a rule for every layer of fixtures/, and docs/architecture.md names every layer', () => {
  const layers = fs
    .readdirSync(path.join(root, 'fixtures'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const rules = fs.readFileSync(path.join(root, 'biome.json'), 'utf8');
  const page = fs.readFileSync(path.join(root, 'docs/architecture.md'), 'utf8');
  expect(layers.filter((layer) => !rules.includes(`"fixtures/${layer}/**"`))).toEqual([]);
  expect(layers.filter((layer) => !page.includes(`| \`${layer}\` |`))).toEqual([]);
});
