import fs from 'node:fs';
import path from 'node:path';
import { parseSync } from 'oxc-parser';
import { type FixtureSet, fixtureSetsIn } from './fixture-sets.ts';

const root = path.resolve(import.meta.dirname, '../..');
const sizes = ['test', 'loadTest', 'faultTest'] as const;

/** `docs/fixtures.md`, made from the interfaces and maps of every fixtures.ts and the composition in fixtures/index.ts. */
export function fixturesPage(): string {
  const sets = readSets();
  // A map that overrides a fixture of another has no comment of its own for it.
  const docs = new Map(
    sets.flatMap(({ fixtures }) => fixtures.flatMap(({ name, doc }) => (doc ? [[name, doc] as const] : []))),
  );
  const composed = compositionOf(fs.readFileSync(path.join(root, 'fixtures/index.ts'), 'utf8'));
  const sections = sizes.map((size) => {
    const maps = composed[size].map((name) => named(sets, name));
    const base = sizes[sizes.indexOf(size) - 1];
    return [`## \`${size}\``, base ? `Everything of \`${base}\`, and:` : '', ...maps.map((set) => section(set, docs))]
      .filter(Boolean)
      .join('\n\n');
  });
  return `${[head, ...sections].join('\n\n')}\n`;
}

const head = `# Fixtures

Everything that a spec can ask for. \`npm run docs\` writes this page from the code; a self-check compares them. A fixture lives as long
as its test, unless *worker* stands beside it. Names that begin with \`_\` are private: other fixtures use them, specs do not.
*Automatic* fixtures run for every test.`;

function section({ file, fixtures }: FixtureSet, docs: ReadonlyMap<string, string>): string {
  const rows = fixtures.map(({ name, doc, needs, isWorker, isAutomatic }) => {
    const life = [isWorker ? 'worker' : '', isAutomatic ? 'automatic' : ''].filter(Boolean).join(', ');
    return `| \`${name}\` | ${(doc || docs.get(name) || '').replaceAll('|', '\\|')} | ${needs.map((need) => `\`${need}\``).join(' ')} | ${life} |`;
  });
  return [`### ${file}`, '', '| fixture | what it is | depends on | lives |', '|---|---|---|---|', ...rows].join('\n');
}

function readSets(): FixtureSet[] {
  const files = fs.globSync('fixtures/**/*.ts', { cwd: root }).map((file) => file.replaceAll('\\', '/'));
  return files.sort().flatMap((file) => {
    const text = fs.readFileSync(path.join(root, file), 'utf8');
    return /: Fixtures</.test(text) ? fixtureSetsIn(file, text) : [];
  });
}

function named(sets: readonly FixtureSet[], name: string): FixtureSet {
  const found = sets.find((set) => set.name === name);
  if (!found)
    throw new Error(`fixtures/index.ts composes ${name}, which no file under fixtures/ exports as a typed map.`);
  return found;
}

/** The maps that each size of `test` adds, in their order. */
function compositionOf(index: string): Record<(typeof sizes)[number], string[]> {
  const { program } = parseSync('index.ts', index);
  const composed = { test: [], loadTest: [], faultTest: [] } as Record<(typeof sizes)[number], string[]>;
  for (const node of program.body) {
    if (node.type !== 'ExportNamedDeclaration' || node.declaration?.type !== 'VariableDeclaration') continue;
    for (const { id, init } of node.declaration.declarations) {
      const size = sizes.find((one) => id.type === 'Identifier' && id.name === one);
      if (!size || !init) continue;
      const text = index.slice(init.start, init.end);
      composed[size] = [...text.matchAll(/\((\w+Fixtures)\)/g)].map(([, name]) => name as string);
    }
  }
  return composed;
}
