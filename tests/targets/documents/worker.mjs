// Takes tasks from the table, reads the files and stores their passages.
import { setTimeout as pause } from 'node:timers/promises';
import { getDocumentProxy } from 'unpdf';
import { directions } from './model.mjs';
import { passagesOf } from './passages.mjs';
import { atOnce, rowsOf } from './storage.mjs';

process.on('disconnect', () => process.exit());
process.on('SIGTERM', () => process.exit());

const take = `
  UPDATE tasks SET state = 'working' WHERE ref =
    (SELECT ref FROM tasks WHERE state = 'waiting' ORDER BY since LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING ref, paper`;

/** A page as text. What stands farther apart than lines do is a paragraph of its own. */
function textOf(items) {
  let text = '';
  let [, , , , , above] = items[0]?.transform ?? [];
  for (const { str, height, hasEOL, transform } of items) {
    const [, , , , , y] = transform;
    if (str !== '' && above - y > 1.7 * height) text += '\n\n';
    if (str !== '') above = y;
    text += `${str}${hasEOL ? '\n' : ''}`;
  }
  return text;
}

/** The texts of the pages; a text file is one page. */
async function pagesOf(file) {
  if (file.subarray(0, 5).toString('latin1') !== '%PDF-') return [file.toString('utf8')];
  const pdf = await getDocumentProxy(new Uint8Array(file)).catch(() => {
    throw new Error('this PDF cannot be read');
  });
  const pages = [];
  for (let number = 1; number <= pdf.numPages; number++)
    pages.push(textOf((await (await pdf.getPage(number)).getTextContent()).items));
  return pages;
}

async function work({ ref, paper }) {
  const [{ file } = {}] = await rowsOf('SELECT file FROM papers WHERE ref = $1', [paper]);
  // Burnt in the meantime.
  if (!file) return;
  let passages;
  try {
    passages = passagesOf(await pagesOf(file));
    if (passages.length === 0) throw new Error('there is no text in this file');
  } catch ({ message }) {
    await finish(ref, paper, 'broken', message);
    return;
  }
  const pointing = await directions(passages.map(({ words }) => words));
  await finish(
    ref,
    paper,
    'finished',
    null,
    passages.map((passage, at) => ({ ...passage, direction: pointing[at] })),
  );
}

const finish = (ref, paper, state, why, passages = []) =>
  atOnce(async (rows) => {
    // Locked, so that it cannot be burnt before its passages are there.
    const [still] = await rows('SELECT ref FROM papers WHERE ref = $1 FOR UPDATE', [paper]);
    if (!still) return;
    await rows('DELETE FROM passages WHERE paper = $1', [paper]);
    for (const [place, { page, words, direction }] of passages.entries())
      await rows('INSERT INTO passages VALUES ($1, $2, $3, $4, $5)', [paper, place, page, words, direction]);
    await rows('UPDATE papers SET state = $2 WHERE ref = $1', [paper, state]);
    await rows('UPDATE tasks SET state = $2, why = $3 WHERE ref = $1', [ref, state, why]);
  });

// What a worker before this one had begun, and all that came since, is still to be done.
for (let begun = false; ; ) {
  try {
    if (!begun) await rowsOf("UPDATE tasks SET state = 'waiting' WHERE state = 'working'");
    begun = true;
    const [task] = await rowsOf(take);
    if (task) await work(task);
    else await pause(60);
  } catch (error) {
    console.error(`worker: ${error.message}`);
    begun = false;
    await pause(300);
  }
}
