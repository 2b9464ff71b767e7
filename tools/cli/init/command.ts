import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import dotenv from 'dotenv';
import { hideKnown } from '../../../fixtures/evidence/gate/sweep.ts';
import type { StartInput } from '../../../fixtures/target/description/start.ts';
import { CliError } from '../cli-error.ts';
import { type Hints, probe } from './probe.ts';
import { startService } from './start.ts';
import { configText, profileText, type Specifiers, specText } from './texts.ts';

interface Options extends Partial<Pick<Hints, 'name' | 'chat' | 'sql' | 'question'>> {
  readonly dir: string;
  readonly force?: true;
  /** The command that starts the service, in place of its URL. */
  readonly start?: string;
  /** Variables for it, as NAME=value. */
  readonly env?: readonly string[];
  /** A path that answers when it is ready. */
  readonly ready?: string;
}

const profileName = 'plumbline.profile.mts';

/**
 * Probes a service and writes what is needed to verify it: a description, a configuration, and a first spec. The service
 * is at a URL, or is started by its command for as long as it is probed.
 */
export async function init(given: string | undefined, options: Options): Promise<void> {
  const start = startOf(given, options);
  const folder = path.resolve(options.dir);
  const address = start ? undefined : addressOf(given ?? '');
  const { dir, force, chat, sql, question } = options;
  const files = [profileName, 'playwright.config.ts', 'tests/first.spec.ts'];
  const there = files.filter((file) => fs.existsSync(path.join(folder, file)));
  // Before anything is asked of anybody.
  if (there.length > 0 && !force)
    throw new CliError(
      `${there.join(', ')} ${there.length > 1 ? 'are' : 'is'} in ${folder} already: --force overwrites, --dir writes elsewhere.`,
    );
  const specifiers = specifiersFor(folder);
  dotenv.config({ quiet: true });
  await using started = start && (await startService(start, folder));
  const url = started?.url ?? (address as string);
  const name = options.name ?? (start ? path.basename(folder) : new URL(url).host);
  const found = await probe(url, { name, key: process.env['TARGET_API_KEY'] || undefined, chat, sql, question });
  if (found.seen.length === 0)
    throw new CliError(
      `A service answers at ${url}, but nothing is there that Plumbline knows: no OpenAPI document, no /v1/models, no health. ` +
        'Is that the right prefix? Endpoints at paths of their own can be named: --chat /path, --sql /path.',
    );
  write(folder, 'playwright.config.ts', configText(start ? undefined : url, profileName, specifiers));
  write(folder, profileName, profileText(found, specifiers, start));
  write(folder, 'tests/first.spec.ts', specText(found, { ...specifiers, fixtures: inTests(specifiers.fixtures) }));
  process.stdout.write(
    [
      `Found at ${start?.command ?? url}:`,
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

/** @throws a CliError where neither a URL nor a command is given, or both, or a variable is no NAME=value */
function startOf(given: string | undefined, { start, env = [], ready }: Options): StartInput | undefined {
  if ((given === undefined) === (start === undefined))
    throw new CliError("Name the service by its URL, or by its command: --start 'node server.mjs'. One of the two.");
  if (start === undefined) return undefined;
  const variables = env.map((text) => {
    const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined) throw new CliError(`--env ${text} is no NAME=value.`);
    return [name, value] as const;
  });
  const named = variables.some(([, value]) => value.includes('{port}')) || start.includes('{port}');
  const all = { ...(named ? {} : { PORT: '{port}' }), ...Object.fromEntries(variables) };
  return { command: start, env: all, ...(ready === undefined ? {} : { ready }) };
}

const bullets = (lines: readonly string[]): string[] => lines.map((line) => `  - ${line}`);

function write(folder: string, name: string, text: string): void {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  // These files are committed, and hold what a service replied: names of models, of fields.
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
