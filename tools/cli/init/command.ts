import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import dotenv from 'dotenv';
import { hideKnown } from '../../../fixtures/evidence/gate/sweep.ts';
import { CliError } from '../cli-error.ts';
import { type Hints, probe } from './probe.ts';
import { configText, profileText, type Specifiers, specText } from './texts.ts';

interface Options extends Partial<Pick<Hints, 'name' | 'chat' | 'sql' | 'question'>> {
  readonly dir: string;
  readonly force?: true;
}

const profileName = 'plumbline.profile.mts';

/** Probes a service and writes what is needed to verify it: a profile, a configuration, and a first spec. */
export async function init(given: string, options: Options): Promise<void> {
  const url = addressOf(given);
  const { dir, force, name = new URL(url).host, chat, sql, question } = options;
  const folder = path.resolve(dir);
  const files = [profileName, 'playwright.config.ts', 'tests/first.spec.ts'];
  const there = files.filter((file) => fs.existsSync(path.join(folder, file)));
  // Before anything is asked of anybody.
  if (there.length > 0 && !force)
    throw new CliError(
      `${there.join(', ')} ${there.length > 1 ? 'are' : 'is'} in ${folder} already: --force overwrites, --dir writes elsewhere.`,
    );
  const specifiers = specifiersFor(folder);
  dotenv.config({ quiet: true });
  const found = await probe(url, { name, key: process.env['TARGET_API_KEY'] || undefined, chat, sql, question });
  if (found.seen.length === 0)
    throw new CliError(
      `A service answers at ${url}, but nothing is there that Plumbline knows: no OpenAPI document, no /v1/models, no health. ` +
        'Is that the right prefix? Endpoints at paths of their own can be named: --chat /path, --sql /path.',
    );
  write(folder, 'playwright.config.ts', configText(url, profileName, specifiers));
  write(folder, profileName, profileText(found, specifiers));
  write(folder, 'tests/first.spec.ts', specText(found, { ...specifiers, fixtures: inTests(specifiers.fixtures) }));
  process.stdout.write(
    [
      `Found at ${url}:`,
      ...bullets(found.seen),
      ...(found.guessed.length > 0 ? ['Guessed:', ...bullets(found.guessed)] : []),
      'Written:',
      ...bullets(files.map((file) => path.relative(process.cwd(), path.join(folder, file)))),
      `Next${dir === '.' ? '' : `, in ${dir}`}:`,
      '  npx playwright test --project=specs        your first spec',
      '  npx playwright test                        and all that Plumbline can ask of this service',
      '',
    ].join('\n'),
  );
}

const bullets = (lines: readonly string[]): string[] => lines.map((line) => `  - ${line}`);

function write(folder: string, name: string, text: string): void {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  // These files are committed, and hold what a service said: names of models, of fields.
  fs.writeFileSync(file, hideKnown(text).text);
}

/** @throws a CliError for what is no address, or has a secret in it: what is written here is committed */
function addressOf(given: string): string {
  const url = URL.parse(given);
  if (!url || !/^https?:$/.test(url.protocol)) throw new CliError(`${JSON.stringify(given)} is no http or https URL.`);
  if (url.username || url.password || url.search)
    throw new CliError(
      'The URL has a user, a password or a query in it, and would be written down: a key goes in TARGET_API_KEY.',
    );
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`.replace(/\/v1$/, '');
}

/** By its name where it is installed; in a checkout of its own, by its files. */
function specifiersFor(folder: string): Specifiers {
  const installed = import.meta.filename.endsWith('.js');
  if (installed) {
    try {
      createRequire(path.join(folder, 'x.js')).resolve('plumbline/package.json');
    } catch {
      throw new CliError(
        `plumbline is not installed in ${folder}: the files would import it. npm install --save-dev plumbline there first.`,
      );
    }
    return { fixtures: 'plumbline', config: 'plumbline/config' };
  }
  const to = (file: string) => relative(folder, path.resolve(import.meta.dirname, '../../..', file));
  return { fixtures: to('fixtures/index.ts'), config: to('projects/define.ts') };
}

const relative = (from: string, to: string): string => {
  const way = path.relative(from, to);
  return way.startsWith('.') ? way : `./${way}`;
};

/** The spec stands one folder deeper. */
const inTests = (specifier: string): string =>
  specifier.startsWith('.') ? `../${specifier.replace(/^\.\//, '')}` : specifier;
