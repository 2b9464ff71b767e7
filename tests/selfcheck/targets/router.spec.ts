import { expect, test } from '@playwright/test';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { skipWithout } from '../../../fixtures/stack/optional/skip.ts';
import { outcomes, runProject } from '../support/inline-run.ts';
import { type Change, copyTarget } from '../support/own-target.ts';

test.beforeEach(({}, testInfo) => {
  skipWithout(testInfo, 'python');
  test.setTimeout(240_000);
});

const suites = ['--project=journey', '--project=streaming', '--project=resilience', '--workers=2'];

test(
  'a router in Python is started from its description, and its chats, streams and outages of the model are verified',
  requirement('OWN-01', 'OWN-03', 'STACK-08'),
  async ({}, testInfo) => {
    const env = { TARGET_PROFILE: copyTarget(testInfo, 'router') };
    const specs = [
      'journey/chat.spec',
      'streaming/http',
      'streaming/chunks',
      'streaming/broken',
      'streaming/proxies',
      'resilience/dependencies',
      'resilience/fallback',
      'model-behaviour',
      'chat-openai',
    ];
    const run = await runProject(testInfo, [...suites, ...specs], env);
    const all = outcomes(run);
    const of = (status: string) => all.filter((one) => one.status === status).map(({ title }) => title);
    expect(of('failed'), run.stderr).toEqual([]);
    expect(of('passed').filter((title) => title.startsWith('while model '))).toHaveLength(4);
    expect(of('passed').filter((title) => / of two model servers /.test(title))).toHaveLength(6);
    expect(of('passed').filter((title) => title.startsWith('when its model server '))).toHaveLength(8);
    expect(of('passed').length).toBeGreaterThan(30);
    expect(run.code).toBe(0);
  },
);

const router = 'router.py';

/** Faults that a team could ship, grouped by the run that shows them: each group is one service with all of its faults. */
const groups: readonly { what: string; changes: readonly Change[]; run: readonly string[]; reds: readonly RegExp[] }[] =
  [
    {
      what: 'holds streams back until they are whole, and sends chunks to HTTP/1.0',
      changes: [
        [router, 'answer.read1(65536)', 'answer.read()'],
        [router, 'chunked = self.request_version != "HTTP/1.0"', 'chunked = True'],
      ],
      run: ['streaming/http', 'streaming/text', 'streaming/wire'],
      reds: [/HTTP\/1\.0 client without chunked encoding/, /arrives while it is generated, not when it is done/],
    },
    {
      what: 'ends a broken stream with [DONE], and reads on for a client that has left',
      changes: [
        [
          router,
          '                self.wfile.write(b"%x\\r\\n%s\\r\\n" % (len(piece), piece) if chunked else piece)\n                self.wfile.flush()\n',
          '                try:\n                    self.wfile.write(b"%x\\r\\n%s\\r\\n" % (len(piece), piece) if chunked else piece)\n                    self.wfile.flush()\n                except OSError:\n                    pass\n',
        ],
        [
          router,
          '                raise http.client.IncompleteRead(b"", answer.length)\n',
          '                pass\n            if "stream" in answer.getheader("content-type", ""):\n                self.wfile.write(b"e\\r\\ndata: [DONE]\\n\\n\\r\\n")\n',
        ],
      ],
      run: ['streaming/broken', 'streaming/proxies', '-g', 'ends without|leaves its chat stream'],
      reds: [/^when the model ends without \[DONE\] in mid-stream/, /^when a client leaves its chat stream/],
    },
    {
      what: 'waits for the model without a limit, and asks the first model server only',
      changes: [
        [router, '"ANSWER_SECONDS", "4"', '"ANSWER_SECONDS", "400"'],
        [router, 'for attempt in range(ATTEMPTS):', 'for attempt in range(1):'],
      ],
      run: [
        ...['resilience/dependencies', 'resilience/fallback'],
        ...['-g', 'while model is silent|first of two model servers refuses'],
      ],
      reds: [/^while model is silent/, /^while the first of two model servers refuses connections/],
    },
    {
      what: 'ends a cut answer as if it were whole, and sends a 500 as a 400',
      changes: [
        [
          router,
          '            if answer.length:\n                raise http.client.IncompleteRead(b"", answer.length)\n',
          '',
        ],
        [
          router,
          'if answer.status < 500:',
          'if True:\n            answer.status = 400 if answer.status == 500 else answer.status',
        ],
      ],
      run: ['model-behaviour', '-g', 'cuts its answer|answers 500'],
      reds: [/^when its model server cuts its answer in half/, /^when its model server answers 500/],
    },
    {
      what: 'adds to its answers, and ends a stream that broke off as if it were whole',
      changes: [
        [
          router,
          'while piece := answer.read1(65536):\n',
          'while piece := answer.read1(65536).replace(b\'"usage":\', b\'"extra":1,"usage":\'):\n',
        ],
        [
          router,
          '            self.close_connection = True\n        finally',
          '            self.wfile.write(b"e\\r\\ndata: [DONE]\\n\\n\\r\\n0\\r\\n\\r\\n")\n        finally',
        ],
      ],
      run: ['journey/gateway.spec', 'model-killed', '-g', 'answers a greeting exactly|killed in mid-stream'],
      reds: [/^the gateway answers a greeting exactly/, /^a model server killed in mid-stream/],
    },
    {
      what: 'blames the caller for what the model server does',
      changes: [[router, 'Failed(502, "no model server can be reached")', 'Failed(400, "bad request")']],
      run: ['resilience/dependencies', '-g', 'model refuses'],
      reds: [/^while model refuses connections/],
    },
  ];

for (const { what, changes, run: args, reds } of groups)
  test(
    `a router that ${what} fails the tests that are about it`,
    requirement('OWN-01', 'OWN-03'),
    async ({}, testInfo) => {
      const run = await runProject(testInfo, [...suites, ...args], {
        TARGET_PROFILE: copyTarget(testInfo, 'router', changes),
      });
      const failed = outcomes(run).flatMap(({ status, title }) => (status === 'failed' ? [title] : []));
      for (const red of reds)
        expect(
          failed.some((title) => red.test(title)),
          `${red}\n${failed.join('\n')}\n${run.stderr}`,
        ).toBe(true);
    },
  );
