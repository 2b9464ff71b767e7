import { reset_peer } from '../../fixtures/index.ts';

type Toxic = ReturnType<typeof reset_peer>;

/** A link, as far as it is needed here. */
interface CutLink {
  add(
    toxic: Toxic,
    options?: { mayMiss?: boolean },
  ): Promise<{ hits(): Promise<{ connections: number }>; remove(): Promise<void> }>;
}

/** More queries than any request of the service sends. */
const mostQueries = 24;

/**
 * A lost query does not always fail its request: a read is sent again, and a cache that does not answer is done without
 * (where there is no cache server, the cache is a table of the same Postgres). A request has up to five such queries in
 * a row; more of them mean that the request is over, and that what is cut now is work that it left behind.
 */
const doneInARow = 6;

/**
 * Has a request done again and again, its connection to Postgres cut at the first query, at the second and so on, until
 * there is none left to cut: once so that the query is lost on its way there, and once so that its answer is, when
 * what it asked for was done.
 *
 * @param request answers `true` where it was done
 * @returns how many were cut
 */
export async function cutAtEachQuery(link: CutLink, request: () => Promise<unknown>): Promise<number> {
  let cuts = 0;
  for (const stream of ['upstream', 'downstream'] as const) {
    let done = 0;
    for (let query = 1; query <= mostQueries; query++) {
      const cut = await link.add(reset_peer({ stream, at: { query }, times: 1 }), { mayMiss: true });
      done = (await request()) === true ? done + 1 : 0;
      const { connections } = await cut.hits();
      await cut.remove();
      if (connections === 0 || done === doneInARow) break;
      cuts += 1;
    }
  }
  return cuts;
}
