import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestInfo } from '@playwright/test';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** Names a profile that is written as its author would, beside the checkout's root. */
export function profileFile(testInfo: TestInfo, text: string): string {
  const file = testInfo.outputPath('acme.mts');
  fs.writeFileSync(file, text.replace("'./fixtures/", `'${root}fixtures/`));
  return file;
}

/** The profile that the README shows. */
export const shown = (): string => {
  const blocks = [...fs.readFileSync(`${root}README.md`, 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)];
  const profile = blocks.map(([, text]) => text as string).find((text) => text.includes('defineProfile'));
  if (!profile) throw new Error('The README shows no profile.');
  return profile;
};
