// A small text-to-SQL service over MySQL or MariaDB, with its driver's own idea of how rows look in JSON.
import http from 'node:http';
import mysql from 'mysql2/promise';

const pool = mysql.createPool({ uri: process.env.DEALS_URL, connectionLimit: 4, connectTimeout: 1_000, timezone: 'Z' });

const phrases = {
  'How many deals are there?': 'SELECT count(id) AS deals FROM deals',
  'Which deals are above 900?': 'SELECT title, amount, won FROM deals WHERE amount > 900 ORDER BY id DESC',
  'What did each rep win?':
    'SELECT r.name, sum(d.doubled) / 2 AS total FROM deals d JOIN reps r ON r.id = d.rep_id WHERE d.won = 1 GROUP BY r.id',
  'In which order were the deals closed?':
    'SELECT title, closed_on FROM deals WHERE id < 13 ORDER BY closed_on, id DESC',
  'How many reps has each region?': 'SELECT upper(region) AS region, count(*) AS reps FROM reps GROUP BY 1',
};

async function answer({ q }) {
  if (typeof q !== 'string' || q.trim() === '' || q.length > 500) return [400, { problem: 'q must be a question' }];
  const statement = phrases[q];
  if (statement === undefined) return [422, { problem: 'I cannot answer that' }];
  const [rows] = await within(2_000, (connection) => connection.query(statement));
  return [200, { statement, result: rows }];
}

/** A connection that does not answer in time is given up, and none of it is used again. */
async function within(ms, work) {
  const connection = await pool.getConnection();
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(reject, ms, new Error('the database is silent'))));
  try {
    const answered = await Promise.race([work(connection), late]);
    connection.release();
    return answered;
  } catch (error) {
    connection.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

http
  .createServer(async (request, response) => {
    let [status, body] = [404, { problem: 'there is nothing here' }];
    if (request.url === '/healthz') [status, body] = [200, { up: true }];
    try {
      if (request.url === '/query')
        [status, body] = await answer(JSON.parse(Buffer.concat(await Array.fromAsync(request))));
    } catch (error) {
      [status, body] =
        error instanceof SyntaxError ? [400, { problem: 'not JSON' }] : [503, { problem: error.message }];
    }
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
