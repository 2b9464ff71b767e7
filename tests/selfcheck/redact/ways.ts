const bytes = (text: string): Buffer => Buffer.from(text);
const each = (text: string, write: (byte: string, upper: string) => string): string =>
  [...bytes(text)]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .map((hex) => write(hex, hex.toUpperCase()))
    .join('');
const base64 = (text: string): string => bytes(text).toString('base64');
const event = (content: string): string =>
  `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta: { content } }] })}\n\n`;
const half = (text: string): number => Math.ceil(text.length / 2);
const pieces = (text: string, length: number): string[] =>
  Array.from({ length: Math.ceil(text.length / length) }, (_, i) => text.slice(i * length, (i + 1) * length));

/** The forms in which a server may return a key; each completes "a secret that a server returns …". */
export const ways: Readonly<Record<string, (key: string) => string>> = {
  'as it is': (key) => key,
  'as a bearer token': (key) => `Bearer ${key}`,
  'in quotes': (key) => `"invalid key '${key}'"`,
  'as JSON': (key) => JSON.stringify({ said: key }),
  'as JSON in JSON': (key) => JSON.stringify({ said: JSON.stringify({ said: key }) }),
  'as JSON with escaped slashes': (key) => JSON.stringify({ said: key }).replaceAll('/', '\\/'),
  'as JSON with escaped markup': (key) =>
    JSON.stringify({ said: key }).replace(/[&<>+']/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`),
  'as \\u escapes': (key) => `"${each(key, (hex) => `\\u00${hex}`)}"`,
  'as \\U escapes in upper case': (key) => `"${each(key, (_, hex) => `\\u00${hex}`)}"`,
  'as \\x escapes': (key) => `'${each(key, (hex) => `\\x${hex}`)}'`,
  'in a URL': (key) => `https://example.com/a?k=${encodeURIComponent(key)}&b=1`,
  'in a URL with every byte escaped': (key) => `/a/${each(key, (_, hex) => `%${hex}`)}/b`,
  'in a URL with escapes in lower case': (key) => `/a/${each(key, (hex) => `%${hex}`)}/b`,
  'in a URL within a URL': (key) => `/a?to=${encodeURIComponent(`/b?k=${encodeURIComponent(key)}`)}`,
  'as a form': (key) => new URLSearchParams({ q: 'a b', said: key }).toString(),
  'in HTML': (key) =>
    `<p>${key.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')}</p>`,
  'in HTML as hexadecimal entities': (key) => `<p>${each(key, (hex) => `&#x${hex};`)}</p>`,
  'in HTML as decimal entities': (key) => `<p>${[...bytes(key)].map((byte) => `&#${byte};`).join('')}</p>`,
  'in hex': (key) => each(key, (hex) => hex),
  'in upper-case hex': (key) => each(key, (_, hex) => hex),
  'in hex with colons': (key) => bytes(key).toString('hex').match(/../g)?.join(':') ?? '',
  'as a printed buffer': (key) => `<Buffer ${bytes(key).toString('hex').match(/../g)?.join(' ')}>`,
  'as a list of bytes': (key) => JSON.stringify([...bytes(key)]),
  'in base64': (key) => base64(key),
  'in base64 after one byte': (key) => base64(`:${key}`),
  'in base64 after two bytes': (key) => base64(`u:${key}`),
  'in base64 before one byte': (key) => base64(`${key}!`),
  'in base64 as a bearer header': (key) => base64(`Bearer ${key}`),
  'in base64 as a user and password': (key) => base64(`admin:${key}`),
  'in base64url in JSON': (key) => bytes(JSON.stringify({ sub: 'ann~~?', key })).toString('base64url'),
  'in base64 with line breaks': (key) => (base64(`Authorization: ${key}\r\n`).match(/.{1,20}/g) ?? []).join('\r\n'),
  'split over two events': (key) => event(key.slice(0, half(key))) + event(key.slice(half(key))),
  'split over two events of plain text': (key) =>
    `data: ${key.slice(0, half(key))}\n\ndata: ${key.slice(half(key))}\n\n`,
  'split over events of three characters': (key) => pieces(key, 3).map(event).join(''),
  'split over two chunks': (key) =>
    `${half(key).toString(16)}\r\n${key.slice(0, half(key))}\r\n${(key.length - half(key)).toString(16)}\r\n${key.slice(half(key))}\r\n0\r\n\r\n`,
  'without its end': (key) => `the key was ${key.slice(0, Math.ceil(key.length * 0.7))}`,
};
