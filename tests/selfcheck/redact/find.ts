import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { unzipSync } from 'fflate';

/** A place where a secret was found, and the form in which it was written there. */
export interface Leak {
  readonly where: string;
  readonly what: string;
  readonly how: string;
}

/** Every form that reveals a secret. It shares no code with the redaction, so that both cannot share a mistake. */
function formsOf(secret: string): [how: string, text: string][] {
  const bytes = Buffer.from(secret);
  const each = (write: (hex: string) => string): string =>
    [...bytes].map((byte) => write(byte.toString(16).padStart(2, '0'))).join('');
  const inJson = JSON.stringify(secret).slice(1, -1);
  const aligned = [0, 1, 2, 3, 4, 5].map((i) => {
    const [before, bytes] = [i % 3, Buffer.from(i < 3 ? secret : inJson)];
    const whole = Buffer.concat([Buffer.alloc(before, 0x2e), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    // The first and last characters also depend on the neighbouring bytes, so they are left out.
    return whole.slice([0, 2, 3][before], whole.length - ((before + bytes.length) % 3 === 0 ? 0 : 1));
  });
  const middle = Math.floor(secret.length / 2);
  return [
    ['as it is', secret],
    ['its first half', secret.slice(0, Math.ceil(secret.length / 2))],
    ['its second half', secret.slice(middle)],
    ['as JSON', JSON.stringify(secret).slice(1, -1)],
    ['as JSON in JSON', JSON.stringify(JSON.stringify(secret)).slice(3, -3)],
    ['with escaped slashes', JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/')],
    [
      'with escaped markup',
      JSON.stringify(secret)
        .slice(1, -1)
        .replace(/[&<>+']/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`),
    ],
    ['in a URL', encodeURIComponent(secret)],
    ['in a URL within a URL', encodeURIComponent(encodeURIComponent(secret))],
    ['in a form', new URLSearchParams({ a: secret }).toString().slice(2)],
    ['as %xx', each((hex) => `%${hex}`)],
    ['as \\u escapes', each((hex) => `\\u00${hex}`)],
    ['as \\x escapes', each((hex) => `\\x${hex}`)],
    ['as &#x…;', each((hex) => `&#x${hex};`)],
    ['as &#…;', [...bytes].map((byte) => `&#${byte};`).join('')],
    [
      'in HTML',
      secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    ],
    ['in hex', bytes.toString('hex')],
    ['in hex with colons', each((hex) => `:${hex}`).slice(1)],
    ['in a dump', each((hex) => ` ${hex}`).slice(1)],
    ['as a list of bytes', [...bytes].join(',')],
    ...aligned.flatMap((text, i): [string, string][] => [
      [`in base64, ${i % 3} bytes in`, text],
      [`in base64url, ${i % 3} bytes in`, text.replaceAll('+', '-').replaceAll('/', '_')],
    ]),
  ];
}

const inAnyCase = /^(as %|as \\|as &#x|in hex|in a dump)/;

/** Finds the secrets in a text, in its decoded base64, and across the borders of its events and lines. */
export function leaksIn(where: string, text: string, secrets: Readonly<Record<string, string>>): Leak[] {
  const views: [string, string][] = [
    ['', text],
    [', lines joined', text.replace(/(\r?\n|\\r|\\n)+[ \t]*/g, '')],
    [', bytes joined', text.replace(/(?<=\d)\s*,(\s|\\n|[+-])*(?=\d)/g, ',')],
    [
      ', events joined',
      [...text.matchAll(/\\*"content\\*"\s*:\s*\\*"([^"\\]*)/g)].map(([, content]) => content).join(''),
    ],
    ...embedded(text),
  ];
  return views.flatMap(([view, shown]) => {
    const lower = shown.toLowerCase();
    return Object.entries(secrets).flatMap(([what, secret]) =>
      formsOf(secret)
        .filter(([how, text]) => (inAnyCase.test(how) ? lower.includes(text.toLowerCase()) : shown.includes(text)))
        .map(([how]) => ({ where: `${where}${view}`, what, how })),
    );
  });
}

/** The decoded base64 in a text: bodies of attachments, and the archive in the HTML report. */
function embedded(text: string): [string, string][] {
  return [...text.matchAll(/[A-Za-z0-9+/]{60,}={0,2}/g)].map(([found]) => {
    const bytes = Buffer.from(found, 'base64');
    return [', decoded', bytes.toString('latin1')];
  });
}

/** Finds the secrets in a folder: in names, texts, archives and nested archives. */
export function leaksUnder(folder: string, secrets: Readonly<Record<string, string>>): Leak[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const file = path.join(entry.parentPath, entry.name);
    const named = leaksIn(`the name ${entry.name}`, entry.name, secrets);
    return entry.isFile() ? [...named, ...inFile(path.relative(folder, file), readFileSync(file), secrets)] : named;
  });
}

function inFile(name: string, bytes: Buffer, secrets: Readonly<Record<string, string>>): Leak[] {
  if (bytes.subarray(0, 4).toString('latin1') === 'PK\x03\x04')
    return Object.entries(unzipSync(bytes)).flatMap(([entry, data]) =>
      inFile(`${name}/${entry}`, Buffer.from(data), secrets),
    );
  const text = bytes.toString('utf8');
  const archives = [...text.matchAll(/data:application\/zip;base64,([A-Za-z0-9+/=]+)/g)].flatMap(([, found = '']) =>
    inFile(`${name} (archive)`, Buffer.from(found, 'base64'), secrets),
  );
  return [...leaksIn(name, text, secrets), ...archives];
}
