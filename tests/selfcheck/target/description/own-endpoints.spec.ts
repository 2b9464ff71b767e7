import { expect, test } from '@playwright/test';
import { requirement } from '../../../../fixtures/spec/requirements.ts';
import { runProject } from '../../support/inline-run.ts';
import { endpoints, firstLine, runEndpoints, server } from '../../support/sales-endpoints.ts';
import { salesTarget } from '../../support/sales-target.ts';

test.beforeEach(() => test.setTimeout(240_000));

test(
  'every endpoint of a description is checked and measured without a spec, and all is green for a right service',
  requirement('OWN-09'),
  async ({}, testInfo) => {
    const once = "once: { method: 'PUT', path: '/once', status: 201, repeatable: false }";
    const asUser = "mine: { path: '/healthz', as: 'user' }";
    const made = server("if (request.url === '/once') [status, body] = globalThis.made++ ? [409, {}] : [201, {}];");
    const all = await runEndpoints(
      testInfo,
      ['journey', 'performance'],
      [
        endpoints(once, asUser),
        made,
        ['server.mjs', "import http from 'node:http';", "import http from 'node:http';\nglobalThis.made = 0;"],
      ],
    );
    const statuses = Object.fromEntries(all.map(({ title, status }) => [title, status]));
    expect(statuses).toEqual({
      'endpoint once (PUT /once) answers with 201': 'passed',
      'endpoint mine (GET /healthz) answers with 200 to 299': 'skipped',
      'endpoint health (GET /healthz) answers with 200 to 299': 'passed',
      'endpoint count (POST /query) answers with 200 to 299': 'passed',
      'endpoint mine (GET /healthz) still answers rightly after a HEAD request, and after one for a path that it lacks':
        'skipped',
      'endpoint health (GET /healthz) still answers rightly after a HEAD request, and after one for a path that it lacks':
        'passed',
      'endpoint count (POST /query) still answers rightly after a HEAD request, and after one for a path that it lacks':
        'passed',
      'endpoint once (PUT /once) answers rightly each time, one request at a time': 'skipped',
      'endpoint once (PUT /once) answers every request of a steady load': 'skipped',
      'endpoint mine (GET /healthz) answers rightly each time, one request at a time': 'skipped',
      'endpoint mine (GET /healthz) answers every request of a steady load': 'skipped',
      'endpoint health (GET /healthz) answers rightly each time, one request at a time': 'passed',
      'endpoint health (GET /healthz) answers every request of a steady load': 'passed',
      'endpoint count (POST /query) answers rightly each time, one request at a time': 'passed',
      'endpoint count (POST /query) answers every request of a steady load': 'passed',
    });
    const reasons = all.filter(({ status }) => status === 'skipped').flatMap(({ annotations }) => annotations);
    expect(reasons.join('\n')).toContain(
      'skip: needs auth: the profile "sales" (TARGET_PROFILE) says that the target lacks it',
    );
    expect(reasons.join('\n')).toContain('skip: may be sent once only (repeatable: false)');
    const figures = all.flatMap(({ annotations }) => annotations.filter((text) => text.startsWith('load: ')));
    expect(figures.join('\n')).toMatch(
      /load: endpoints\.count, one at a time: \d+ of \d+ answered right, p50 [\d.]+ ms, p95 [\d.]+ ms/,
    );
  },
);

test(
  'a wrong status is red in the journey and in the loads, with the endpoint, both statuses and the remedy',
  requirement('OWN-09'),
  async ({}, testInfo) => {
    const wrong = "made: { method: 'PATCH', path: '/made?of=tea', body: { a: 1 }, status: 201 }";
    const teapot = "if (request.url.startsWith('/made')) [status, body] = [418, { problem: 'a teapot' }];";
    const all = await runEndpoints(
      testInfo,
      ['journey', 'performance'],
      [endpoints(wrong), server(teapot)],
      'endpoint made',
    );
    expect(all.map(({ status }) => status)).toEqual(['failed', 'failed', 'failed', 'failed']);
    for (const { errors } of all) {
      expect(firstLine(errors)).toBe(
        'Error: Endpoint "made": PATCH /made?of=tea was answered with 418, and 201 is expected.',
      );
      expect(errors.join()).toContain('{"problem":"a teapot"}');
      expect(errors.join()).toContain('set status: 418 in endpoints.made of the description');
    }
  },
);

test(
  'a wrong answer among right ones is red without any budget, and says how many of which kind',
  requirement('OWN-09'),
  async ({}, testInfo) => {
    const flaky = "flaky: { path: '/flaky' }";
    const seventh = server(
      "globalThis.asked ??= 0; if (request.url === '/flaky') [status, body] = ++globalThis.asked % 7 ? [200, {}] : [500, {}];",
    );
    const all = await runEndpoints(testInfo, ['performance'], [endpoints(flaky), seventh], 'endpoint flaky');
    expect(all.map(({ status }) => status)).toEqual(['failed', 'failed']);
    for (const { errors } of all) {
      expect(firstLine(errors)).toMatch(/^Error: endpoints\.flaky: \d+ of \d+ requests were not answered right\.$/);
      expect(errors.join()).toMatch(/^ {2}\d+ × refused 500/m);
    }
  },
);

test(
  'an endpoint that answers with broken JSON, or dies of a HEAD request, is red in the journey',
  requirement('OWN-09'),
  async ({}, testInfo) => {
    const two = ["torn: { path: '/torn' }", "frail: { path: '/frail' }"];
    const faults = server(
      "if (request.method === 'HEAD') globalThis.hurt = true; if (request.url === '/frail') [status, body] = [globalThis.hurt ? 500 : 200, {}];" +
        "if (request.url === '/torn') return response.writeHead(200, { 'content-type': 'application/json' }).end('{');",
    );
    const all = await runEndpoints(testInfo, ['journey'], [endpoints(...two), faults], 'endpoint (torn|frail)');
    const of = (title: RegExp) => all.find((one) => title.test(one.title));
    expect(of(/torn .*answers with/)?.status).toBe('failed');
    expect(firstLine(of(/torn .*answers with/)?.errors)).toMatch(/is not JSON \(content-type: application\/json\)/);
    expect(of(/frail .*still answers/)?.status).toBe('failed');
    expect(firstLine(of(/frail .*still answers/)?.errors)).toContain(
      'was answered with 500, and 200 to 299 is expected.',
    );
  },
);

test(
  'a misspelt name of an endpoint or of its budget is one error with the right one',
  requirement('OWN-09'),
  async ({}, testInfo) => {
    const bad = "slow: { path: '/slow', repeatabel: false, as: 'usr', budget: { p95ms: 3 } }";
    const inner = await runProject(
      testInfo,
      ['--project=journey', 'own-endpoints'],
      await salesTarget(testInfo, endpoints(bad)),
    );
    expect(inner.code).toBe(1);
    const said = inner.stdout + inner.stderr;
    expect(said).toContain('endpoints.slow.budget.p95ms is unknown. Did you mean p95Ms?');
    expect(said).toContain('endpoints.slow.repeatabel is unknown. Did you mean repeatable?');
    expect(said).toMatch(/endpoints\.slow\.as is \\*"usr\\*"/);
  },
);
