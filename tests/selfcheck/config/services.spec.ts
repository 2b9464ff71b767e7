import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { expect, test } from '@playwright/test';
import { loadConfig } from '../../../fixtures/config/index.ts';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { external as externalCache } from '../../../fixtures/stack/cache/external.ts';
import { external as externalModel } from '../../../fixtures/stack/model/external.ts';
import { measured } from '../../../fixtures/stack/model/measured.ts';
import { attach, baseFor } from '../../../fixtures/target/attach.ts';
import { loadProfile } from '../../../fixtures/target/profile/load.ts';
import { whyUnanswered } from '../../../fixtures/wire/unanswered.ts';
import { deadUrl, serve, serveBytes } from '../support/http-servers.ts';

// A setting may name a service that is something else: one line reports that, as soon as it is known.
test.describe.configure({ timeout: 15_000 });

const page = '<!DOCTYPE html><html><body>Welcome</body></html>';

/** The same answer to every request. */
const always =
  (status: number, body: string, headers: Record<string, string> = {}): RequestListener =>
  (_, response) =>
    void response.writeHead(status, headers).end(body);

const list = '{"object":"list","data":[{"id":"one"},{"id":"two"}]}';
const listing: RequestListener = ({ url, method }, response) =>
  url === '/v1/models'
    ? void response.end(list)
    : void response.writeHead(method === 'POST' ? 400 : 404).end('{"error":{"message":"messages is missing"}}');

const attached = async (settings: Record<string, string>) =>
  attach(loadConfig(settings), await loadProfile('openai'), AbortSignal.timeout(10_000));

/** `%` stands for the URL of the server. */
const targets: readonly [what: string, RequestListener, expected: string, settings?: Record<string, string>][] = [
  [
    'a web page',
    always(200, page),
    'answers GET /v1/models with a web page (200). Set TARGET_URL to the address of the API',
  ],
  ['plain text', always(200, 'hello'), 'answers GET /v1/models with text that is not JSON (200).'],
  [
    'a redirect',
    always(302, '', { location: 'https://login.example/x?next=1' }),
    'redirects to https://login.example/x (302 to GET /v1/models). Set TARGET_URL to the address of the API itself',
  ],
  [
    'a redirect to https',
    always(308, '', { location: '/v1/models/' }),
    'redirects to %/v1/models/ (308 to GET /v1/models).',
  ],
  [
    'a redirect to nowhere',
    always(301, ''),
    'redirects without a location (301 to GET /v1/models). Correct TARGET_URL.',
  ],
  [
    'an https port',
    always(400, 'Client sent an HTTP request to an HTTPS server.'),
    'expects https (400 to GET /v1/models). Write https:// in place of http:// in TARGET_URL.',
  ],
  [
    'a service elsewhere',
    always(404, '{}'),
    'has no GET /v1/models (404): check that TARGET_PROFILE="openai" is the right profile',
  ],
  ['a broken service', always(500, 'oops'), 'answers 500 to GET /v1/models: oops'],
  ['a service that wants a key', always(401, '{}'), 'requires an API key (401 to GET /v1/models): set TARGET_API_KEY.'],
  [
    'a service that refuses the key',
    always(403, '{}'),
    'refuses the API key (403 to GET /v1/models): correct TARGET_API_KEY',
    { TARGET_API_KEY: 'hunter2' },
  ],
  [
    'a web page behind a list of models',
    (request, response) => (request.method === 'POST' ? always(200, page) : listing)(request, response),
    'answers POST /v1/chat/completions with a web page (200).',
  ],
];

for (const [what, listener, expected, settings] of targets)
  test(`${what} at TARGET_URL is reported as such, with a remedy`, requirement('STACK-07'), async () => {
    await using server = await serve(listener);
    const error = (await attached({ TARGET_URL: server.url, ...settings }).catch((refused) => refused)) as Error;
    expect(error.message).toContain(`The service at TARGET_URL=${server.url} `);
    expect(error.message).toContain(expected.replaceAll('%', server.url));
    expect(error.message).not.toMatch(/\n|hunter2/);
  });

test(
  'a MODEL_ID that the target does not list is refused with the models that it lists',
  requirement('STACK-07'),
  async () => {
    await using server = await serve(listing);
    process.env['MODEL_ID'] = 'onne';
    try {
      const asking = attached({ TARGET_URL: server.url, MODEL_ID: 'onne' });
      await expect(asking).rejects.toThrow(
        /does not list the model MODEL_ID="onne"\. Did you mean one\? .*chat\.model/,
      );
    } finally {
      delete process.env['MODEL_ID'];
    }
    expect((await attached({ TARGET_URL: server.url })).models).toEqual(['one', 'two']);
  },
);

test(
  'a trailing /v1 in TARGET_URL is accepted, and removed only where the profile’s paths contain it',
  requirement('STACK-08'),
  async () => {
    await using server = await serve(listing);
    for (const url of [server.url, `${server.url}/`, `${server.url}/v1`, `${server.url}/v1/`])
      expect((await attached({ TARGET_URL: url })).url, url).toBe(server.url);
    expect(baseFor([{ path: '/v1/models' }], 'http://h/api/v1')).toBe('http://h/api');
    expect(baseFor([{ path: '/llm/chat' }], 'http://h/v1'), 'a prefix of its own').toBe('http://h/v1');
  },
);

const speaking = (bytes: string) => (socket: Socket) => void socket.once('data', () => socket.end(bytes));

/** Servers that give no answer; the URL is made from the address. */
const silent: readonly [
  what: string,
  url: (address: string) => string,
  respond: ((socket: Socket) => void) | 'nobody',
  expected: RegExp,
][] = [
  [
    'a port that nothing listens on',
    (at) => `http://${at}`,
    'nobody',
    /\(ECONNREFUSED\)|ECONNREFUSED .*\. Start it, or correct/,
  ],
  [
    'an https URL of an http port',
    (at) => `https://${at}`,
    speaking('HTTP/1.1 400 Bad Request\r\n\r\n'),
    /the server there does not speak TLS\. Write http:\/\/ in place of https:\/\/ in/,
  ],
  [
    'another protocol',
    (at) => `http://${at}`,
    speaking('SSH-2.0-OpenSSH_9.6\r\n'),
    /the server there does not speak HTTP\. Correct the port in/,
  ],
  [
    'a server that hangs up',
    (at) => `http://${at}`,
    (socket) => void socket.once('data', () => socket.destroy()),
    /\. Start it, or correct/,
  ],
];

for (const [what, url, respond, expected] of silent)
  test(`${what} is reported alike at TARGET_URL and at MODEL_SERVER_URL`, requirement('STACK-07'), async () => {
    await using server = respond === 'nobody' ? undefined : await serveBytes(respond);
    const at = url(new URL(server?.url ?? (await deadUrl())).host);
    const target = (await attached({ TARGET_URL: at }).catch((refused) => refused)) as Error;
    expect(target.message).toMatch(
      new RegExp(`^No service answers at TARGET_URL=${at} \\(given up after \\d+ ms\\): .*TARGET_URL`),
    );
    expect(target.message).toMatch(expected);
    const model = await modelAt(at, 'hunter2');
    expect(model).toMatch(
      new RegExp(`^No model server answers at MODEL_SERVER_URL=${at} \\(given up after \\d+ ms\\): .*MODEL_SERVER_URL`),
    );
    expect(model).toMatch(expected);
    expect(target.message + model, 'no line of a library').not.toMatch(/\n|:SSL routines:|openssl/i);
  });

/** Errors that no server here can cause: they need a certificate or a name service. */
const errors: readonly [code: string, text: string, reason: string, remedy: string][] = [
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate', 'its certificate is not trusted', 'NODE_EXTRA_CA_CERTS'],
  ['CERT_HAS_EXPIRED', 'certificate has expired', 'its certificate is not trusted', 'or correct TARGET_URL.'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify', 'its certificate is not trusted', 'NODE_EXTRA_CA_CERTS'],
  ['ENOTFOUND', 'getaddrinfo ENOTFOUND h', 'the host name h does not resolve (ENOTFOUND)', 'Correct TARGET_URL.'],
  [
    'UND_ERR_INVALID_ARG',
    'invalid x header',
    'own client refuses to send it (invalid x header)',
    'Correct TARGET_API_KEY.',
  ],
  ['ERR_SSL_TLSV1_ALERT', 'C0:error:0A:SSL routines', 'the TLS connection failed', 'Correct the scheme or the port'],
];

for (const [code, text, reason, remedy] of errors)
  test(`a request that fails with ${code} is reported with the reason and a remedy`, requirement('STACK-07'), () => {
    const error = Object.assign(new Error(text), { code });
    const why = whyUnanswered(error, 'https://h/x', 'TARGET_URL', 'TARGET_API_KEY');
    expect(why.reason).toContain(reason);
    expect(why.remedy).toContain(remedy);
  });

/** The error of joining a model server. */
const modelAt = async (url: string, apiKey: string): Promise<string> =>
  externalModel.start(loadConfig({ MODEL_SERVER_URL: url, MODEL_SERVER_API_KEY: apiKey }), { progress: () => {} }).then(
    () => 'accepted',
    (error: Error) => error.message,
  );

const models: readonly [what: string, RequestListener, expected: string][] = [
  [
    'a web page',
    always(200, page),
    '/v1/models a web page, where JSON was expected. Name the address of the API in MODEL_SERVER_URL.',
  ],
  [
    'a redirect',
    always(301, '', { location: 'http://elsewhere.example/' }),
    'it redirects to http://elsewhere.example/ (301 to GET /v1/models).',
  ],
  [
    'a server elsewhere',
    always(404, '{}'),
    'answered 404: {}. Is it the address of the server itself, with the prefix of its paths?',
  ],
  ['JSON that is not a list', always(200, '{}'), 'did not answer with a list of models. Correct MODEL_SERVER_URL.'],
  ['a server that refuses the key', always(401, '{}'), 'refused the API key (401); correct MODEL_SERVER_API_KEY.'],
];

for (const [what, listener, expected] of models)
  test(`${what} at MODEL_SERVER_URL is reported as such, with a remedy`, requirement('STACK-07'), async () => {
    await using server = await serve(listener);
    const message = await modelAt(server.url, 'hunter2');
    expect(message).toContain(`The server at MODEL_SERVER_URL=${server.url} is not usable: `);
    expect(message).toContain(expected);
    expect(message).not.toMatch(/\n|hunter2/);
  });

/** A run in which a provider must start nothing, because the server runs already. */
const nothingToStart = {
  runDir: '',
  processes: { spawn: () => Promise.reject(new Error('started a process')), stop: async () => null, logs: () => [] },
  progress: () => {},
  own: () => {},
  tracesUrl: async () => '',
};

const modelIds: readonly [environment: Record<string, string>, expected: string][] = [
  [{}, 'MODEL_ID="plumbline-tiny" (the default) is not a model of this server.'],
  [
    { MODEL_ID: 'onne' },
    'MODEL_ID="onne" is not a model of this server. Allowed: a model id that /v1/models lists. Did you mean one?',
  ],
];

for (const [environment, expected] of modelIds)
  test(
    `${environment['MODEL_ID'] ? `MODEL_ID=${environment['MODEL_ID']}` : 'the default MODEL_ID'} that the model server refuses is reported with a remedy`,
    requirement('STACK-07'),
    async () => {
      await using server = await serve(({ url, method }, response) =>
        method === 'POST'
          ? always(404, '{"error":{"code":"model_not_found"}}')({} as never, response)
          : listing({ url, method } as never, response),
      );
      const config = loadConfig({ MODEL_SERVER_URL: `${server.url}/v1`, ...environment });
      const started = measured(externalModel).start(config, nothingToStart);
      await expect(started).rejects.toThrow(expected);
      await expect(started).rejects.toThrow('Set MODEL_ID to one that it has.');
    },
  );

const caches: readonly [what: string, scheme: string, respond: (socket: Socket) => void, expected: string][] = [
  [
    'an HTTP server',
    'redis',
    speaking('HTTP/1.1 400 Bad Request\r\n\r\n'),
    'it is an HTTP server. Start it, correct CACHE_URL, or unset it.',
  ],
  ['another protocol', 'redis', speaking('SSH-2.0-OpenSSH_9.6\r\n'), 'it answered "SSH-2.0-OpenSSH_9.6".'],
  [
    'a rediss URL of a port without TLS',
    'rediss',
    speaking('-ERR\r\n'),
    'what listens there does not speak TLS. Write redis:// in place of rediss://.',
  ],
  [
    'a server that hangs up',
    'redis',
    (socket) => void socket.once('data', () => socket.end()),
    'it closed the connection.',
  ],
];

const cacheAt = (url: string): Promise<unknown> => externalCache.start({ CACHE_URL: url }, { progress: () => {} });

for (const [what, scheme, respond, expected] of caches)
  test(`${what} at CACHE_URL is reported as such, without the password`, requirement('STACK-07'), async () => {
    await using server = await serveBytes(respond);
    const url = `${scheme}://:hunter2@${new URL(server.url).host}`;
    const error = (await cacheAt(url).catch((refused) => refused)) as Error;
    expect(error.message).toContain('No Redis or Valkey answers at CACHE_URL (given up after ');
    expect(error.message).toContain(expected);
    expect(error.message).not.toMatch(/\n|hunter2/);
  });

test('a cache server that asks for a password is accepted at CACHE_URL', async () => {
  await using server = await serveBytes(speaking('-NOAUTH Authentication required.\r\n'));
  await expect(cacheAt(`redis://${new URL(server.url).host}`)).resolves.toBeTruthy();
});
