import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Config } from '../config.ts';

type Cost = Pick<Config, 'PASSWORD_MEMORY_KIB' | 'PASSWORD_PASSES'>;
type Parameters = { memory: number; passes: number; parallelism: number; nonce: Buffer; tagLength: number };

export type Passwords = ReturnType<typeof createPasswords>;

const derive = promisify(argon2);
const phc = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** Argon2id hashes in PHC's string format. It contains the parameters, so that they can be raised at any time. */
export function createPasswords({ PASSWORD_MEMORY_KIB: memory, PASSWORD_PASSES: passes }: Cost) {
  const hash = async (password: string): Promise<string> => {
    const parameters = { memory, passes, parallelism: 1, nonce: randomBytes(16), tagLength: 32 };
    return written(parameters, await derived(password, parameters));
  };
  const nobody = hash(randomBytes(16).toString('hex'));

  return {
    hash,

    /** Whether the password matches the hash. Without a hash the answer is false, after the same time. */
    async verify(password: string, stored: string | undefined): Promise<boolean> {
      const { parameters, key } = read(stored ?? (await nobody));
      const same = timingSafeEqual(await derived(password, parameters), key);
      return same && stored !== undefined;
    },

    /** Whether the hash was made with other parameters than the current ones. */
    outdated(stored: string): boolean {
      const { parameters } = read(stored);
      return parameters.memory !== memory || parameters.passes !== passes;
    },
  };
}

const derived = (password: string, parameters: Parameters): Promise<Buffer> =>
  // Unicode has two forms of é: one character or two.
  derive('argon2id', { message: password.normalize('NFKC'), ...parameters });

const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

const written = ({ memory, passes, parallelism, nonce }: Parameters, key: Buffer): string =>
  `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(nonce)}$${base64(key)}`;

function read(stored: string): { parameters: Parameters; key: Buffer } {
  const [, memory, passes, parallelism, nonce, tag] = phc.exec(stored) ?? [];
  if (nonce === undefined || tag === undefined) throw new Error('a stored password hash is not argon2id in PHC format');
  const key = Buffer.from(tag, 'base64');
  const costs = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  return { parameters: { ...costs, nonce: Buffer.from(nonce, 'base64'), tagLength: key.length }, key };
}
