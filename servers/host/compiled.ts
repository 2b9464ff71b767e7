import path from 'node:path';
import type { Config } from '../../fixtures/config/index.ts';
import { makeFolder } from '../../fixtures/stack/folder.ts';

/**
 * The variable that tells Node where to cache compiled code: a process starts a quarter to a half sooner with it. Empty
 * where there can be no such folder, which Node would try to make for ever.
 */
export function compileCache({ PLUMBLINE_CACHE_DIR }: Pick<Config, 'PLUMBLINE_CACHE_DIR'>): Record<string, string> {
  const dir = path.join(PLUMBLINE_CACHE_DIR, 'compiled');
  try {
    makeFolder(dir);
    return { NODE_COMPILE_CACHE: dir };
  } catch {
    return {};
  }
}
