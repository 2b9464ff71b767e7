// Fills the tables, as a seed in the language of the service would.
import mysql from 'mysql2/promise';

const connection = await mysql.createConnection(process.env.DATABASE_URL);
await connection.query("INSERT INTO reps VALUES (1, 'Ada', 'north'), (2, 'Bo', 'south'), (3, 'Cy', 'North')");
for (let i = 1; i <= 60; i++) {
  const closed = i % 5 > 0 ? new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10) : null;
  const values = [i, 1 + (i % 3), ` Deal ${i} `, 100 + ((i * 137) % 900) + 0.25, i % 4 === 0, closed];
  await connection.query('INSERT INTO deals (id, rep_id, title, amount, won, closed_on) VALUES (?)', [values]);
}
await connection.end();
