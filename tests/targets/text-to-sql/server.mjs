// A small text-to-SQL service that is not Plumbline's: plain HTTP, an error shape of its own, a database of its own.
import http from 'node:http';
import pg from 'pg';

const pool = new pg.Pool({
  connectionString: process.env.SALES_DSN,
  max: 4,
  connectionTimeoutMillis: 1_000,
  query_timeout: 2_000,
});
pool.on('error', (error) => console.error(`lost a connection: ${error.message}`));

const tables = { deals: 'deals', customers: 'accounts', accounts: 'accounts', people: 'reps', reps: 'reps' };
const phrases = [
  [/^how many (\w+) are there/i, ([, what]) => `SELECT count(*) FROM ${tables[what]}`],
  [
    /^which (?:deals|contracts) are (won|lost|open)/i,
    ([, state]) => `SELECT title FROM deals WHERE state = '${state}'`,
  ],
  [
    /^what did each rep win/i,
    () =>
      `SELECT r.name, sum(d.amount) FROM deals d JOIN reps r ON r.id = d.rep_id WHERE d.state = 'won' GROUP BY r.name`,
  ],
  [
    /^what are the (\d+) largest deals/i,
    ([, n]) => `SELECT title, amount FROM deals ORDER BY amount DESC, title LIMIT ${n}`,
  ],
  [
    /^which accounts have no deal/i,
    () => 'SELECT a.name FROM accounts a LEFT JOIN deals d ON d.account_id = a.id WHERE d.id IS NULL',
  ],
];

async function answer(body) {
  const q = JSON.parse(body).q;
  if (typeof q !== 'string' || q.trim() === '' || q.length > 500)
    return [400, { problem: 'q must be a question of up to 500 characters' }];
  const [pattern, write] = phrases.find(([pattern]) => pattern.test(q)) ?? [];
  if (!write) return [422, { problem: 'I cannot answer that' }];
  const statement = write(pattern.exec(q));
  const { rows } = await pool.query(statement);
  return [200, { statement, result: rows }];
}

http
  .createServer(async (request, response) => {
    let [status, body] = [404, { problem: 'there is nothing here' }];
    try {
      const chunks = await Array.fromAsync(request);
      if (request.url === '/healthz') [status, body] = [200, { up: true }];
      if (request.url === '/query' && request.method === 'POST')
        [status, body] = await answer(Buffer.concat(chunks).toString());
    } catch (error) {
      [status, body] =
        error instanceof SyntaxError
          ? [400, { problem: 'not JSON' }]
          : [503, { problem: 'the database does not answer' }];
      if (status === 503) console.error(error.message);
    }
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  })
  .listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'));

process.on('SIGTERM', () => process.exit(0));
