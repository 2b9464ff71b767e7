import { defineTarget } from '../../../projects/define.ts';

export default defineTarget({
  name: 'deals',
  start: {
    command: 'node --disable-warning=ExperimentalWarning server.mjs',
    env: { PORT: '{port}', DEALS_FILE: '{sqlite.deals.path}' },
    ready: '/healthz',
  },
  databases: { deals: { engine: 'sqlite', prepare: ['schema.sql'] } },
  sql: { paths: { ask: '/query' }, request: { question: 'q' }, response: { sql: 'statement', rows: 'result' } },
  questions: 'questions.jsonl',
});
