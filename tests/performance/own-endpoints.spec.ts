import { endpointNeeds, endpointTitle, ownEndpoints, requirement, loadTest as test } from '../../fixtures/index.ts';

const alone = { lock: '-exclusive-', tag: '@slow' };
const once = 'may be sent once only (repeatable: false): the journey sends it, and no load';

// The request of an endpoint is sent many times here: `repeatable: false` in the description keeps it out of this file.
const endpoints = await ownEndpoints();

test.describe('latency and load of own endpoints', alone, () => {
  for (const endpoint of endpoints) {
    const { budget = {}, repeatable = true } = endpoint;
    const title = endpointTitle(endpoint);
    const within = (budget.p50Ms ?? budget.p95Ms) ? 'within its budget' : 'rightly each time';
    const details = requirement('OWN-09', endpointNeeds(endpoint));
    test(`endpoint ${title} answers ${within}, one request at a time`, details, async ({ expectLatency }, testInfo) => {
      testInfo.skip(!repeatable, once);
      await expectLatency(endpoint);
    });

    const rate = budget.perSecond === undefined ? 'a steady load' : `a load of ${budget.perSecond} a second`;
    test(`endpoint ${title} answers every request of ${rate}`, details, async ({ expectSteady }, testInfo) => {
      testInfo.skip(!repeatable, once);
      await expectSteady(endpoint);
    });
  }
});
