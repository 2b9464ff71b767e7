import { expect } from '@playwright/test';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { rowsOf, withMysql } from '../../../fixtures/stack/mysql/connect.ts';
import { external } from '../../../fixtures/stack/mysql/external.ts';
import { createProcesses } from '../../../servers/host/processes.ts';
import { peopleMadeBy, startServer, test } from '../support/mysql-servers.ts';
import { makeRunDir, startOptions } from '../support/postgres-servers.ts';

const statements = [
  'CREATE TABLE teams (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(20) NOT NULL)',
  `CREATE TABLE people (id INT PRIMARY KEY, team INT NOT NULL, name VARCHAR(20), size INT, twice INT AS (size * 2) STORED,
    FOREIGN KEY (team) REFERENCES teams (id))`,
  "INSERT INTO teams VALUES (7, 'first')",
  "INSERT INTO people (id, team, name, size) VALUES (1, 7, 'Ada', 3), (2, 7, 'Bo', 4)",
  "CREATE VIEW long_names AS SELECT name FROM people WHERE name <> ''",
  'CREATE VIEW a_view_of_a_view AS SELECT upper(name) AS name FROM long_names',
  'CREATE FUNCTION plus_one (n INT) RETURNS INT DETERMINISTIC RETURN n + 1',
  'CREATE TRIGGER trimmed BEFORE INSERT ON people FOR EACH ROW SET NEW.name = trim(NEW.name)',
];
test.use({ statements });

test(
  'a copy of a MySQL database has its rows, generated columns, keys, views, functions and triggers, and is nobody else’s',
  requirement('OWN-02'),
  async ({ mysql }) => {
    for (const name of ['one', 'two']) await mysql.createClone('people', name);
    await withMysql(mysql.url('one', 'owner'), async (owner) => {
      await owner.query("INSERT INTO people (id, team, name, size) VALUES (3, 7, ' Cy ', 5)");
      expect(await rowsOf(owner, 'SELECT name, twice, plus_one(size) AS more FROM people ORDER BY id')).toEqual([
        { name: 'Ada', twice: 6, more: 4 },
        { name: 'Bo', twice: 8, more: 5 },
        { name: 'Cy', twice: 10, more: 6 },
      ]);
      expect(await rowsOf(owner, 'SELECT name FROM a_view_of_a_view ORDER BY name')).toHaveLength(3);
      await owner.query("INSERT INTO teams (name) VALUES ('second')");
      expect(await rowsOf(owner, 'SELECT id FROM teams ORDER BY id')).toEqual([{ id: 7 }, { id: 8 }]);
      await expect(owner.query('INSERT INTO people (id, team) VALUES (9, 99)')).rejects.toThrow(/foreign key/);
    });
    await withMysql(mysql.url('two', 'reader'), async (reader) => {
      expect(await rowsOf(reader, 'SELECT count(*) AS count FROM people')).toEqual([{ count: '2' }]);
      await expect(reader.query('DELETE FROM people')).rejects.toThrow(/denied/);
      await expect(reader.query('CREATE TABLE more (id INT)')).rejects.toThrow(/denied/);
    });
    for (const name of ['one', 'two']) await mysql.dropClone(name);
  },
);

// The server at MYSQL_URL keeps nothing of a run.
if (process.env['MYSQL_URL'] === undefined)
  test(
    'a MySQL data directory that one run has filled is kept for the next, with other passwords',
    requirement('OWN-02', 'STACK-07'),
    async ({ mysql }) => {
      const next = await startServer(peopleMadeBy(statements));
      try {
        expect(next.lines.join('\n')).toMatch(/^mysql: \S+ ready in \d+ ms \(data from the cache\)$/);
        await next.createClone('people', 'kept');
        await withMysql(next.url('kept', 'reader'), async (reader) => {
          expect(await rowsOf(reader, 'SELECT count(*) AS count FROM people')).toEqual([{ count: '2' }]);
        });
        const { port } = new URL(next.url('kept', 'reader'));
        const stale = mysql.url('kept', 'reader').replace(/:\d+\//, `:${port}/`);
        await expect(withMysql(stale, (reader) => reader.query('SELECT 1'))).rejects.toThrow(/Access denied/);
      } finally {
        await next.stop();
      }
    },
  );

test(
  'a server at MYSQL_URL is refused unless its database is called plumbline_disposable, and nothing of a run stays on it',
  requirement('STACK-07'),
  async ({ mysql }) => {
    const admin = mysql.url('mysql', 'admin');
    const namesOn = () =>
      withMysql(admin, async (connection) =>
        (
          await rowsOf(
            connection,
            'SELECT schema_name AS name FROM information_schema.schemata UNION ALL SELECT user FROM mysql.user',
          )
        )
          .map(({ name }) => String(name))
          .filter((name) => name.startsWith('plumbline_'))
          .sort(),
      );
    const options = () => {
      const made = startOptions(makeRunDir());
      return { ...made, processes: createProcesses(made.own, {}), mysqlTemplates: peopleMadeBy(statements) };
    };
    const before = await namesOn();
    await expect(external.start({ MYSQL_URL: admin }, options())).rejects.toThrow(
      /^MYSQL_URL must name the database plumbline_disposable.*CREATE DATABASE plumbline_disposable/,
    );
    expect(await namesOn()).toEqual(before);

    const marked = admin.replace(/mysql$/, 'plumbline_disposable');
    await withMysql(admin, (connection) => connection.query('CREATE DATABASE plumbline_disposable'));
    const joined = await external.start({ MYSQL_URL: marked }, options());
    await joined.createClone('people', 'mine');
    await withMysql(joined.url('mine', 'reader'), async (reader) => {
      expect(await rowsOf(reader, 'SELECT name FROM people ORDER BY id')).toEqual([{ name: 'Ada' }, { name: 'Bo' }]);
      await expect(reader.query('DELETE FROM people')).rejects.toThrow(/denied/);
    });
    await joined.stop();
    expect(await namesOn()).toEqual([...before, 'plumbline_disposable'].sort());
    await withMysql(admin, (connection) => connection.query('DROP DATABASE plumbline_disposable'));
  },
);

test('a MYSQL_URL at which nothing answers is one error without its password', requirement('STACK-07'), async () => {
  const failed = await external
    .start({ MYSQL_URL: 'mysql://me:hunter2@127.0.0.1:1/plumbline_disposable' }, startOptions(makeRunDir()))
    .catch((error: Error) => error.message);
  expect(failed).toMatch(/^MYSQL_URL cannot be used: me@127\.0\.0\.1:1\/plumbline_disposable .*ECONNREFUSED/);
  expect(failed).not.toContain('hunter2');
});
