import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import { userError } from '../fixtures/text/user-error.ts';

const name = '@playwright/test/package.json';

/**
 * Playwright works in one copy only: a fixture of one is unknown to the runner of another.
 *
 * @throws with both places and what to do, where the project that is run and Plumbline find two
 */
export function requireOnePlaywright(folder: string = process.cwd()): void {
  const theirs = find(path.join(folder, 'playwright.config.js'));
  const ours = find(import.meta.filename);
  if (theirs === undefined || ours === undefined || theirs === ours) return;
  throw userError(
    'There are two copies of @playwright/test, and Playwright works with one only:\n' +
      `  - ${described(theirs)}, of this project\n  - ${described(ours)}, of Plumbline\n` +
      'Install Plumbline from its tarball rather than by a link, and with a version of @playwright/test that it accepts: ' +
      `npm install --save-dev @playwright/test@${versionOf(ours)}`,
  );
}

const oldestNode = 24;

/** @throws with the remedy, where this Node is older than what Plumbline is written for */
export function requireNode(version: string = process.versions.node): void {
  if (Number.parseInt(version, 10) >= oldestNode) return;
  throw userError(
    `Plumbline needs Node ${oldestNode} or newer; this is ${version}. ` +
      `\`npm install --save-dev node@${oldestNode}\` puts one into node_modules, which npx then uses.`,
  );
}

function find(from: string): string | undefined {
  try {
    return fs.realpathSync(createRequire(from).resolve(name));
  } catch {
    return undefined;
  }
}

const versionOf = (manifest: string): string =>
  (JSON.parse(fs.readFileSync(manifest, 'utf8')) as { version: string }).version;
const described = (manifest: string): string => `${path.dirname(manifest)} (${versionOf(manifest)})`;
