import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { CliError } from './cli-error.ts';

const extension = path.extname(import.meta.filename);
/** The configuration that Plumbline brings. */
export const standalone = path.resolve(import.meta.dirname, `../../projects/standalone${extension}`);

/** Runs `playwright test`, with Plumbline's own configuration where the folder has none. */
export function testCommand(args: readonly string[]): void {
  const named = args.some((arg) => /^(-c|--config)(=|$)/.test(arg));
  const theirs = fs.globSync('playwright.config.{ts,js,mts,mjs,cts,cjs}').length > 0;
  const config = named || theirs ? [] : ['--config', standalone];
  const { status, signal } = spawnSync(process.execPath, [playwright(), 'test', ...config, ...args], {
    stdio: 'inherit',
  });
  process.exitCode = status ?? (signal ? 130 : 1);
}

/** The project's own Playwright first: it must be the one that its specs import. */
export function playwright(): string {
  for (const from of [path.resolve('playwright.config.js'), import.meta.filename]) {
    try {
      return createRequire(from).resolve('@playwright/test/cli');
    } catch {
      // The next place.
    }
  }
  throw new CliError('@playwright/test is not installed here: npm install --save-dev @playwright/test');
}
