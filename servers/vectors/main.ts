// Postgres in WebAssembly with pgvector, behind a TCP port. Usage: node main.ts <file of the initialised data directory>
import fs from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { makeFolder } from '../../fixtures/stack/folder.ts';
import { createFront } from './front.ts';

// V8 optimises what has run for so long (in bytes; its own limit is an eighth of it). Most of a start is done only once:
// optimising it took half a second of CPU, and paid for nothing in a run.
setFlagsFromString('--wasm-tiering-budget=100000000');

const file = process.argv[2];
if (!file) throw new Error('usage: node main.ts <file>');

const warm = fs.existsSync(file);
const db = (warm && (await load(file))) || (await initialise(file));
const server = createFront(db);
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  // `sslmode`, so that PGSSLMODE in the client's environment has no effect.
  const url = `postgres://postgres@127.0.0.1:${port}/postgres?sslmode=disable`;
  const { rss } = process.memoryUsage();
  process.stdout.write(`${JSON.stringify({ event: 'listening', url, warm, rss })}\n`);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));

/** Nothing here is meant to survive: the data directory is in this process's memory. */
async function load(from: string): Promise<PGlite | undefined> {
  try {
    const cached = await PGlite.create({ extensions: { vector }, loadDataDir: new Blob([fs.readFileSync(from)]) });
    await cached.exec(`SELECT '[1]'::vector`);
    return cached;
  } catch (error) {
    process.stderr.write(`${from} cannot be used and is made anew: ${String(error)}\n`);
    return undefined;
  }
}

/** initdb takes seconds, so its result is cached. Where that fails, the parent gets an event, and the server starts all the same. */
async function initialise(to: string): Promise<PGlite> {
  const fresh = await PGlite.create({ extensions: { vector } });
  await fresh.exec('CREATE EXTENSION vector');
  const dump = await fresh.dumpDataDir('none');
  try {
    keep(Buffer.from(await dump.arrayBuffer()), to);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    process.stderr.write(`${JSON.stringify({ event: 'uncached', code, message })}\n`);
  }
  return fresh;
}

/** Written beside and renamed: another run may look at it now. */
function keep(dump: Buffer, to: string): void {
  const building = `${to}.${process.pid}`;
  makeFolder(path.dirname(to));
  try {
    fs.writeFileSync(building, dump);
    fs.renameSync(building, to);
  } catch (error) {
    if (fs.existsSync(building)) fs.rmSync(building);
    throw error;
  }
}
