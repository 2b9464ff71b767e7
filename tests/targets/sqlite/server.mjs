// A small text-to-SQL service over a SQLite file: it shows flags as true and false, and amounts as text.
import http from 'node:http';
import { DatabaseSync } from 'node:sqlite';

const database = new DatabaseSync(process.env.DEALS_FILE, { readOnly: true });

const phrases = {
  'How many deals are there?': 'SELECT count(*) AS deals FROM deals',
  'Which deals are above 900?': 'SELECT title, amount, won FROM deals WHERE amount > 900 ORDER BY id DESC',
  'What did each rep win?':
    'SELECT r.name, sum(CASE WHEN d.won = 1 THEN d.amount END) AS total FROM deals d, reps r WHERE r.id = d.rep_id GROUP BY r.id',
  'In which order were the deals closed?':
    'SELECT title, closed_on FROM deals WHERE id < 13 ORDER BY closed_on, id DESC',
  'How many reps has each region?': 'SELECT upper(region) AS region, count(*) AS reps FROM reps GROUP BY 1',
};

const shown = (row) => ({
  ...row,
  ...('won' in row ? { won: row.won === 1 } : {}),
  ...('amount' in row ? { amount: row.amount.toFixed(2) } : {}),
});

function answer({ q }) {
  if (typeof q !== 'string' || q.trim() === '' || q.length > 500) return [400, { problem: 'q must be a question' }];
  const statement = phrases[q];
  if (statement === undefined) return [422, { problem: 'I cannot answer that' }];
  return [200, { statement, result: database.prepare(statement).all().map(shown) }];
}

http
  .createServer(async (request, response) => {
    let [status, body] = [404, { problem: 'there is nothing here' }];
    if (request.url === '/healthz') [status, body] = [200, { up: true }];
    try {
      if (request.url === '/query') [status, body] = answer(JSON.parse(Buffer.concat(await Array.fromAsync(request))));
    } catch {
      [status, body] = [400, { problem: 'not JSON' }];
    }
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
