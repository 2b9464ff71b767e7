import { defineTarget } from '../../../projects/define.ts';

export default defineTarget({
  name: 'sales',
  start: {
    command: 'node server.mjs',
    env: { PORT: '{port}', SALES_DSN: '{postgres.sales.reader.url}' },
    ready: '/healthz',
  },
  databases: { sales: { prepare: ['schema.sql', 'rows.sql'] } },
  health: { paths: { health: '/healthz' } },
  sql: { paths: { ask: '/query' }, request: { question: 'q' }, response: { sql: 'statement', rows: 'result' } },
  questions: 'questions.jsonl',
  endpoints: {
    health: { path: '/healthz' },
    count: { method: 'POST', path: '/query', body: { q: 'How many deals are there?' } },
  },
});
