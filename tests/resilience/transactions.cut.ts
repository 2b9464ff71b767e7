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
 * Has a request done again and again, its connection to Postgres cut at the first query, at the second and so on, until
 * there is none left to cut: once so that the query is lost on its way there, and once so that its answer is, when
 * what it asked for was done.
 *
 * @param request answers `true` where it was done; done twice running, what is cut now is work that it left behind
 * @returns how many were cut
 */
export async function cutAtEachQuery(link: CutLink, request: () => Promise<unknown>): Promise<number> {
  let cuts = 0;
  for (const stream of ['upstream', 'downstream'] as const) {
    let doneBefore = false;
    for (let query = 1; query <= mostQueries; query++) {
      const cut = await link.add(reset_peer({ stream, at: { query }, times: 1 }), { mayMiss: true });
      const done = (await request()) === true;
      const { connections } = await cut.hits();
      await cut.remove();
      if (connections === 0 || (done && doneBefore)) break;
      doneBefore = done;
      cuts += 1;
    }
  }
  return cuts;
}
