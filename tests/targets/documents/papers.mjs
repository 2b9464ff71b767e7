// What a member keeps here. Somebody else's paper is answered exactly as one that does not exist.
import { createHash } from 'node:crypto';
import { Fault } from './fault.mjs';
import { atOnce, rowsOf } from './storage.mjs';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const lost = () => new Fault(404, 'lost', 'there is no such thing on your shelf');

export async function keep(member, bytes, title) {
  if (bytes.length === 0) throw new Fault(422, 'file', 'the file is empty');
  if (!isText(bytes) && !isPdf(bytes)) throw new Fault(415, 'file', 'only PDF and texts in UTF-8 are kept');
  const name = (title ?? '').replace(/^.*[/\\]/, '').replace(/[\p{C}]/gu, '') || 'untitled';
  const digest = createHash('sha256').update(bytes).digest('hex');
  return atOnce(async (rows) => {
    const [paper] = await rows(
      'INSERT INTO papers (member, title, digest, file) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING ref',
      [member.no, name, digest, bytes],
    );
    if (!paper) {
      const [known] = await rows(
        'SELECT p.ref AS paper, t.ref AS task FROM papers p JOIN tasks t ON t.paper = p.ref WHERE member = $1 AND digest = $2',
        [member.no, digest],
      );
      return { status: 200, body: { ...known, known: true } };
    }
    const [task] = await rows('INSERT INTO tasks (paper) VALUES ($1) RETURNING ref', [paper.ref]);
    return { status: 202, body: { paper: paper.ref, task: task.ref } };
  });
}

const isPdf = (bytes) => bytes.subarray(0, 5).toString('latin1') === '%PDF-';

function isText(bytes) {
  try {
    return !/[\0-\x08\x0e-\x1f]/.test(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return false;
  }
}

export const shelf = (member) =>
  rowsOf('SELECT ref, title, state FROM papers WHERE member = $1 ORDER BY title, ref', [member.no]);

export async function paperOf(member, ref) {
  const [paper] = uuid.test(ref)
    ? await rowsOf('SELECT ref, title, state FROM papers WHERE ref = $1 AND member = $2', [ref, member.no])
    : [];
  if (!paper) throw lost();
  return paper;
}

export async function burn(member, ref) {
  const { ref: found } = await paperOf(member, ref);
  await rowsOf('DELETE FROM papers WHERE ref = $1', [found]);
}

export async function taskOf(member, ref) {
  const [task] = uuid.test(ref)
    ? await rowsOf(
        'SELECT t.ref, t.state, t.why FROM tasks t JOIN papers p ON p.ref = t.paper WHERE t.ref = $1 AND p.member = $2',
        [ref, member.no],
      )
    : [];
  if (!task) throw lost();
  return task;
}
