import pg from 'pg';

export const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  max: 6,
  connectionTimeoutMillis: 1_500,
  query_timeout: 3_000,
});
pool.on('error', (error) => console.error(`lost a connection: ${error.message}`));

export const rowsOf = async (sql, values = []) => (await pool.query(sql, values)).rows;

/** Does all of it in one transaction, or nothing. */
export async function atOnce(work) {
  const client = await pool.connect();
  let broken;
  try {
    await client.query('BEGIN');
    const result = await work(async (sql, values) => (await client.query(sql, values)).rows);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    broken = await client.query('ROLLBACK').then(
      () => undefined,
      (failed) => failed,
    );
    throw error;
  } finally {
    client.release(broken);
  }
}
