// Members and their visits. A visit is a cookie; what changes something needs the guard of the visit as a header, too.
import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Fault } from './fault.mjs';
import { rowsOf } from './storage.mjs';

const derive = promisify(scrypt);
const stirred = async (secret, salt) => (await derive(secret.normalize('NFC'), salt, 32)).toString('hex');
const hash = (text) => createHash('sha256').update(text).digest('hex');
const unknownSalt = randomBytes(16).toString('hex');

function credentials(body) {
  const { mail, secret } = body ?? {};
  if (typeof mail !== 'string' || mail.length > 200 || !/^[^@\s\0]+@[^@\s\0]+\.[^@\s\0]+$/.test(mail))
    throw new Fault(400, 'form', 'mail must be an address such as ada@example.com', 'mail');
  if (typeof secret !== 'string' || secret.length < 10 || secret.length > 200 || secret.includes('\0'))
    throw new Fault(400, 'form', 'secret must have 10 to 200 characters', 'secret');
  if (new Set(secret).size < 4) throw new Fault(400, 'form', 'secret has too few different characters', 'secret');
  return { mail: mail.toLowerCase(), secret };
}

async function visit({ no, mail }) {
  const [ticket, guard] = [randomBytes(24).toString('hex'), randomBytes(12).toString('hex')];
  await rowsOf('INSERT INTO visits (ticket, guard, member) VALUES ($1, $2, $3)', [hash(ticket), guard, no]);
  return {
    body: { who: { no: Number(no), mail }, guard },
    headers: { 'set-cookie': [`shelf=${ticket}; Path=/; HttpOnly; SameSite=Lax`, 'theme=paper; Path=/; SameSite=Lax'] },
  };
}

export async function join(body) {
  const { mail, secret } = credentials(body);
  const salt = randomBytes(16).toString('hex');
  const [member] = await rowsOf(
    'INSERT INTO members (mail, salt, secret) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING no, mail',
    [mail, salt, await stirred(secret, salt)],
  );
  if (!member) throw new Fault(409, 'taken', 'this address has an account already', 'mail');
  return { status: 201, ...(await visit(member)) };
}

export async function enter(body) {
  const { mail, secret } = body ?? {};
  if (typeof mail !== 'string' || typeof secret !== 'string' || mail.includes('\0'))
    throw new Fault(400, 'form', 'mail and secret are texts');
  const [member] = await rowsOf('SELECT * FROM members WHERE mail = $1', [mail.toLowerCase()]);
  // Somebody unknown takes as long as a wrong secret.
  const given = await stirred(secret, member?.salt ?? unknownSalt);
  if (!member || !timingSafeEqual(Buffer.from(given), Buffer.from(member.secret)))
    throw new Fault(401, 'stranger', 'address or secret is wrong');
  return { status: 200, ...(await visit(member)) };
}

/** The member of a request. @throws a 401 without a visit, a 403 where something changes without the guard */
export async function memberOf(request) {
  const ticket = /(?:^|;\s*)shelf=([0-9a-f]+)/.exec(request.headers.cookie ?? '')?.[1];
  const [found] = ticket
    ? await rowsOf('SELECT v.*, m.mail FROM visits v JOIN members m ON m.no = v.member WHERE v.ticket = $1', [
        hash(ticket),
      ])
    : [];
  if (!found) throw new Fault(401, 'stranger', 'come in first: POST /enter');
  if (request.method !== 'GET' && request.headers['x-guard'] !== found.guard)
    throw new Fault(403, 'guard', 'the header x-guard of this visit is missing or wrong');
  return { no: found.member, mail: found.mail, ticket: found.ticket };
}

export const leave = ({ ticket }) => rowsOf('DELETE FROM visits WHERE ticket = $1', [ticket]);
