import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestInfo } from '@playwright/test';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** Writes a profile to a file, as a user would, with the import adjusted to this checkout. */
export function profileFile(testInfo: TestInfo, text: string): string {
  const file = testInfo.outputPath('acme.mts');
  fs.writeFileSync(file, text.replace("'./fixtures/", `'${root}fixtures/`));
  return file;
}

/** The profile in the README. */
export const shown = (): string => {
  const blocks = [...fs.readFileSync(`${root}README.md`, 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)];
  const profile = blocks.map(([, text]) => text as string).find((text) => text.includes('defineTarget'));
  if (!profile) throw new Error('README.md has no TypeScript block with defineTarget: add the example profile again.');
  return profile;
};
