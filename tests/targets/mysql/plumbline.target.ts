import { defineTarget } from '../../../projects/define.ts';

export default defineTarget({
  name: 'deals',
  start: {
    command: 'node server.mjs',
    env: { PORT: '{port}', DEALS_URL: '{mysql.deals.reader.url}' },
    ready: '/healthz',
  },
  databases: {
    deals: {
      engine: 'mysql',
      prepare: [
        'schema.sql',
        { run: 'node fill.mjs', env: { DATABASE_URL: '{mysql.deals.url}' }, inputs: ['fill.mjs'] },
      ],
    },
  },
  sql: { paths: { ask: '/query' }, request: { question: 'q' }, response: { sql: 'statement', rows: 'result' } },
  questions: 'questions.jsonl',
});
