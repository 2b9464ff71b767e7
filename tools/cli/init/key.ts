import { CliError } from '../cli-error.ts';
import { asking, refusesKey } from './ask.ts';
import type { Found } from './found.ts';

const headers = ['authorization', 'x-api-key', 'api-key'] as const;

/**
 * The header that carries the key, found by trying: the first with which the service no longer refuses.
 *
 * @returns undefined where it wants no key, or takes a bearer token as everybody's default is
 * @throws a CliError where it wants a key and there is none, or refuses the one there is
 */
export async function findKeyHeader(base: string, key: string | undefined, guarded: string): Promise<Found['key']> {
  const refused = async (sent: Record<string, string>) =>
    refusesKey(
      await asking(base, sent)(
        guarded.startsWith('POST') ? 'POST' : 'GET',
        guarded.split(' ')[1] ?? '/',
        ...body(guarded),
      ),
    );
  if (!(await refused({}))) return undefined;
  if (key === undefined)
    throw new CliError(`The service at ${base} wants a key: set TARGET_API_KEY in the environment and run this again.`);
  for (const header of headers)
    if (!(await refused(carrying(header, key)))) return header === 'authorization' ? undefined : { header };
  throw new CliError(
    `The service at ${base} refuses TARGET_API_KEY (tried ${headers.join(', ')}). Is it the right key? ` +
      'Another header can be named in the profile: `key: { header: … }`.',
  );
}

/** The key in that header, as a profile would send it. */
export const carrying = (header: string, key: string): Record<string, string> => ({
  [header]: header === 'authorization' ? `Bearer ${key}` : key,
});

const body = (guarded: string): [] | [object] => (guarded.startsWith('POST') ? [{}] : []);
