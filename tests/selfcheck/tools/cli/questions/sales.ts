import fs from 'node:fs';
import path from 'node:path';
import type { TestInfo } from '@playwright/test';

const root = path.resolve(import.meta.dirname, '../../../../..');

const schema = `
  CREATE TABLE reps (id int PRIMARY KEY, name text NOT NULL);
  CREATE TABLE deals (id int PRIMARY KEY, rep_id int NOT NULL REFERENCES reps, title text NOT NULL, amount int NOT NULL CHECK (amount > 0), state text NOT NULL);
  INSERT INTO reps SELECT n, 'Rep ' || chr(64 + n) FROM generate_series(1, 6) n;
  INSERT INTO deals SELECT n, 1 + n % 6, 'Deal ' || n, 10 * n, (ARRAY['open', 'won', 'lost'])[1 + n % 3] FROM generate_series(1, 60) n;
`;

/** Questions whose rows show little: on a hundred the border is bare, and every rep has a deal. */
export const weak = [
  { id: 'large', question: 'Which deals are over 105?', query: 'SELECT title FROM deals WHERE amount > 105' },
  {
    id: 'reps',
    question: 'How many deals has each rep?',
    query: 'SELECT r.name, count(d.id) FROM reps r LEFT JOIN deals d ON d.rep_id = r.id GROUP BY r.id, r.name',
  },
];

/** A description with its files in the folder of a test. @returns the path of the description */
export function sales(testInfo: TestInfo, questions: readonly object[], { second = '', more = '' } = {}): string {
  const folder = testInfo.outputPath('sales');
  fs.mkdirSync(folder, { recursive: true });
  const write = (name: string, text: string): string => {
    fs.writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  write('package.json', '{ "type": "module" }');
  write('rows.sql', schema);
  write('questions.json', JSON.stringify(questions));
  return write(
    'plumbline.target.ts',
    `import { defineTarget } from ${JSON.stringify(path.join(root, 'projects/define.ts'))};
    export default defineTarget({ name: 'sales', databases: { sales: { prepare: ['rows.sql'] ${second} } }, questions: 'questions.json' ${more} });`,
  );
}
