import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test as base, expect } from '@playwright/test';
import { createJudge, type Judge } from '../../../../../fixtures/judge/sql/judge.ts';
import { requirement } from '../../../../../fixtures/spec/requirements.ts';
import { fileUrl } from '../../../../../fixtures/stack/sqlite/path.ts';
import { judged } from './judged.ts';
import { right, schema, wrong } from './sqlite-cases.ts';

const test = base.extend<object, { judge: Judge }>({
  judge: [
    async ({}, use) => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-sqlite-'));
      const file = path.join(folder, 'people.sqlite');
      const database = new DatabaseSync(file);
      database.exec(schema);
      database.close();
      {
        await using judge = createJudge({ A: fileUrl(file) }, { timeoutMs: 1_500 });
        await use(judge);
      }
      fs.rmSync(folder, { recursive: true });
    },
    { scope: 'worker' },
  ],
});

for (const [what, gold, answer] of right)
  test(`on SQLite, an answer with ${what} is right`, requirement('OWN-06'), async ({ judge }) => {
    expect(await judged(judge, gold, answer)).toEqual({ kind: 'equal', diff: '' });
  });

for (const [what, gold, answer, kind] of wrong)
  test(`on SQLite, an answer with ${what} is wrong`, requirement('OWN-06'), async ({ judge }) => {
    const verdict = await judged(judge, gold, answer);
    expect(verdict.kind, verdict.diff).toBe(kind);
    expect(verdict.diff).not.toBe('');
  });
