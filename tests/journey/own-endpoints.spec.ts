import { endpointAnswer, endpointNeeds, endpointTitle, ownEndpoints, requirement, test } from '../../fixtures/index.ts';

const endpoints = await ownEndpoints();

test.describe('own endpoints', () => {
  for (const endpoint of endpoints)
    test(
      `endpoint ${endpointAnswer(endpoint)}`,
      requirement('OWN-09', endpointNeeds(endpoint)),
      async ({ askEndpoint }) => void (await askEndpoint(endpoint)),
    );

  for (const endpoint of endpoints.filter(({ repeatable = true }) => repeatable))
    test(
      `endpoint ${endpointTitle(endpoint)} still answers rightly after a HEAD request, and after one for a path that it lacks`,
      requirement('OWN-09', endpointNeeds(endpoint)),
      async ({ askEndpoint, disturbEndpoint }) => {
        await disturbEndpoint(endpoint);
        await askEndpoint(endpoint);
      },
    );
});
