import type { Call, Lie } from '../../../fixtures/faults/upstream/call.ts';
import { lies, startUpstream, type Upstream } from '../../../fixtures/faults/upstream/index.ts';
import type { Says } from '../../../fixtures/faults/upstream/says.ts';

/** What the service asks its model for, by the prompt. */
export function purposeOf({ messages }: Call): 'route' | 'sql' | 'repair' {
  if (messages[0]?.content.startsWith('Name the database')) return 'route';
  return messages.length > 2 ? 'repair' : 'sql';
}

/** Names the shop as the database of each question, and answers each attempt with its query; the last query stays. */
export const queries = (...sql: Says[]): Lie =>
  lies.says((call) =>
    purposeOf(call) === 'route' ? 'shop' : (sql[(call.messages.length - 2) / 2] ?? sql.at(-1) ?? ''),
  );

/** A model server of which there is only what a test makes it say; it lists the bundled model. */
export async function startModel(...said: Lie[]): Promise<Upstream> {
  const upstream = await startUpstream();
  for (const lie of [lies.lists('plumbline-tiny'), ...said]) upstream.lie(lie);
  return upstream;
}
