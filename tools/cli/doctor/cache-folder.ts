import fs from 'node:fs';
import path from 'node:path';
import { refuseForeignCacheDir, whyUncached } from '../../../fixtures/stack/cache-dir.ts';
import { makeFolder } from '../../../fixtures/stack/folder.ts';
import { absent, type Finding, lacking, there } from './finding.ts';

const name = 'cache folder';
const remedy = 'set PLUMBLINE_CACHE_DIR to a folder that this user can write to';
/** More than a folder's own entry takes, so that a full disk and a used-up quota are noticed. */
const probe = Buffer.alloc(64 * 1024);

/**
 * Whether a run can store something for the next one. Everything that this check makes is removed again.
 *
 * @param write how a file is written
 */
export function cacheFolder(dir: string, write = fs.writeFileSync): Finding {
  const missing = missingFrom(dir);
  const file = path.join(dir, `.doctor-${process.pid}`);
  try {
    refuseForeignCacheDir(dir);
    makeFolder(dir);
    write(file, probe);
  } catch (error) {
    const why = whyUncached(error);
    if (why === undefined) return lacking(name, (error as Error).message, remedy);
    return absent(
      name,
      `PLUMBLINE_CACHE_DIR: ${dir} ${why}: nothing is stored there, so every run starts cold`,
      remedy,
    );
  } finally {
    for (const made of [() => fs.rmSync(file), ...missing.map((folder) => () => fs.rmdirSync(folder))]) attempt(made);
  }
  return there(name, missing.length > 0 ? `${dir}, which is not there yet: the first run makes it` : dir);
}

/** The missing ones among a folder and its parents, the innermost first. */
function missingFrom(dir: string): string[] {
  const folders: string[] = [];
  for (let at = path.resolve(dir); !fs.existsSync(at); at = path.dirname(at)) folders.push(at);
  return folders;
}

/** What was never made cannot be removed; into what was made a run may have put something meanwhile. */
function attempt(remove: () => void): void {
  try {
    remove();
  } catch {}
}

/** The folder itself, or the nearest above it that there is: which has the room that it would have. */
export const nearestOf = (dir: string): string => {
  const outermost = missingFrom(dir).at(-1);
  return outermost === undefined ? dir : path.dirname(outermost);
};
