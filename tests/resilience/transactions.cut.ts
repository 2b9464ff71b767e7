import { reset_peer } from '../../fixtures/index.ts';

type Toxic = ReturnType<typeof reset_peer>;

/** The part of a link that is needed here. */
interface CutLink {
  add(
    toxic: Toxic,
    options?: { mayMiss?: boolean },
  ): Promise<{ hits(): Promise<{ connections: number }>; remove(): Promise<void> }>;
}

/** More queries than any request of the service sends. */
const mostQueries = 24;

/**
 * A lost query does not always fail its request: the service repeats a read, and does without a cache that does not
 * answer (where there is no cache server, the cache is a table of the same Postgres). A request has up to five such
 * queries in a row. When more cuts in a row fail no request, they hit background work after the request, and not the
 * request itself.
 */
const mostSuccessesInARow = 6;

/**
 * Repeats a request and cuts its connection to Postgres at the first query, then at the second, and so on, until there
 * is no query left to cut. This happens in two rounds: in the first, queries are lost on their way to Postgres, which
 * does not execute them; in the second, their answers are lost, after Postgres has executed them.
 *
 * @param request sends the request; resolves with `true` if it succeeded
 * @returns the number of cuts
 */
export async function cutAtEachQuery(link: CutLink, request: () => Promise<unknown>): Promise<number> {
  let cuts = 0;
  for (const stream of ['upstream', 'downstream'] as const) {
    let successes = 0;
    for (let query = 1; query <= mostQueries; query++) {
      const cut = await link.add(reset_peer({ stream, at: { query }, times: 1 }), { mayMiss: true });
      successes = (await request()) === true ? successes + 1 : 0;
      const { connections } = await cut.hits();
      await cut.remove();
      if (connections === 0 || successes === mostSuccessesInARow) break;
      cuts += 1;
    }
  }
  return cuts;
}
