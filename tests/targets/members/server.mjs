// A club's service that is not Plumbline's: accounts in tables of its own, tokens of its own, notes of its members.
import crypto from 'node:crypto';
import http from 'node:http';
import { promisify } from 'node:util';
import pg from 'pg';

const scrypt = promisify(crypto.scrypt);
const pool = new pg.Pool({ connectionString: process.env.CLUB_DSN, max: 6, connectionTimeoutMillis: 2_000 });
pool.on('error', (error) => console.error(`lost a connection: ${error.message}`));
const rows = async (sql, ...values) => (await pool.query(sql, values)).rows;

const accounts = 'members';
const secondsValid = 600;
const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url');
const sign = (text) => crypto.createHmac('sha256', process.env.TOKEN_KEY).update(text).digest('base64url');
const now = () => Math.floor(Date.now() / 1_000);

function tokenOf(member, visit) {
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ sub: String(member), visit, exp: now() + secondsValid })}`;
  return `${text}.${sign(text)}`;
}

/** The claims of a token of ours, or nothing. */
function claimsIn(token) {
  const [head, body, signature, ...more] = token.split('.');
  if (more.length > 0 || signature !== sign(`${head}.${body}`)) return undefined;
  const claims = JSON.parse(Buffer.from(body, 'base64url'));
  return claims.exp > now() ? claims : undefined;
}

const digestOf = async (secret, salt) => (await scrypt(secret, salt, 32)).toString('hex');
const refuse = (status, problem) => [status, { oops: problem }];
const isText = (value) => typeof value === 'string' && value.length > 0 && value.length < 200 && !value.includes('\0');

async function signUp({ mail, secret }) {
  if (!isText(mail) || !mail.includes('@') || !isText(secret) || secret.length < 10)
    return refuse(400, 'a mail address and a secret of ten characters are needed');
  const salt = crypto.randomBytes(12).toString('hex');
  const [made] = await rows(
    `INSERT INTO ${accounts} (mail, salt, digest) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING no`,
    mail.toLowerCase(),
    salt,
    await digestOf(secret, salt),
  );
  return made ? [201, { welcome: made.no }] : refuse(409, 'that address is taken');
}

async function signIn({ mail, secret }) {
  if (!isText(mail) || !isText(secret)) return refuse(400, 'a mail address and a secret are needed');
  const [member] = await rows(`SELECT * FROM ${accounts} WHERE mail = $1`, mail.toLowerCase());
  // Somebody unknown takes as long as a wrong secret, so that nobody finds out who is a member.
  const given = await digestOf(secret, member?.salt ?? 'nobody');
  if (given !== member?.digest) return refuse(403, 'no such member');
  const [visit] = await rows('INSERT INTO visits (member) VALUES ($1) RETURNING no', member.no);
  return [200, { token: tokenOf(member.no, visit.no), member: { no: member.no, mail: member.mail } }];
}

/** The member whose token the request has, while the visit lasts. */
async function visitorOf(request) {
  const token = /^Bearer ([\w.-]+)$/.exec(request.headers.authorization ?? '')?.[1];
  const claims = token && claimsIn(token);
  if (!claims) return undefined;
  const [visitor] = await rows(
    `SELECT m.no, m.mail, v.no AS visit FROM ${accounts} m JOIN visits v ON v.member = m.no WHERE v.no = $1 AND left_at IS NULL`,
    claims.visit,
  );
  return visitor;
}

const noteNo = (path) => (/^\d{1,9}$/.test(path) ? Number(path) : 0);

async function answer(request, path, body) {
  const route = `${request.method} ${path}`;
  if (route === 'GET /healthz') return [200, { status: 'ok' }];
  if (route === 'GET /openapi.json') return [200, document];
  if (route === 'POST /signup') return signUp(body());
  if (route === 'POST /signin') return signIn(body());
  const visitor = await visitorOf(request);
  if (!visitor) return refuse(401, 'sign in first');
  if (route === 'GET /whoami') return [200, { no: visitor.no, mail: visitor.mail }];
  if (route === 'POST /signout') {
    await rows('UPDATE visits SET left_at = now() WHERE no = $1', visitor.visit);
    return [200, { bye: true }];
  }
  const [, note] = /^\/notes\/([^/]*)$/.exec(path) ?? [];
  if (note === undefined) return refuse(404, 'there is nothing here');
  const sql = {
    GET: 'SELECT words FROM notes WHERE no = $1 AND member = $2',
    DELETE: 'DELETE FROM notes WHERE no = $1 AND member = $2 RETURNING words',
  }[request.method];
  if (!sql) return refuse(405, 'a note is read or deleted');
  const [found] = await rows(sql, noteNo(note), visitor.no);
  return found ? [200, found] : refuse(404, 'no such note');
}

const secured = [{ token: [] }];
const answers = { 200: { description: 'done' } };
const parameters = [{ name: 'no', in: 'path', required: true, schema: { type: 'string' } }];
const document = {
  openapi: '3.1.0',
  info: { title: 'members', version: '1' },
  components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  paths: {
    '/signup': { post: { responses: answers } },
    '/signin': { post: { responses: answers } },
    '/signout': { post: { security: secured, responses: answers } },
    '/whoami': { get: { security: secured, responses: answers } },
    '/notes/{no}': {
      get: { security: secured, parameters, responses: answers },
      delete: { security: secured, parameters, responses: answers },
    },
  },
};

const mostBytes = 100_000;

async function bytesOf(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= mostBytes) chunks.push(chunk);
  }
  if (size > mostBytes) throw new RangeError('too large');
  return Buffer.concat(chunks).toString();
}

http
  .createServer(async (request, response) => {
    let status;
    let json;
    try {
      const text = await bytesOf(request);
      const path = new URL(request.url, 'http://club').pathname;
      [status, json] = await answer(request, path, () => JSON.parse(text) ?? {});
    } catch (error) {
      [status, json] =
        error instanceof SyntaxError
          ? refuse(400, 'not JSON')
          : error instanceof RangeError
            ? refuse(413, 'too large')
            : refuse(503, 'try again later');
      if (status === 503) console.error(error.message);
    }
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
  })
  .listen(Number(process.env.PORT), '127.0.0.1', () => console.log('the club is open'));

process.on('SIGTERM', () => process.exit(0));
