import fs from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';

const specifiers = /(?:\bfrom|\bimport|\bimport\()\s*(['"])([^'"\n]+)\1|new URL\('([^']+)', import\.meta\.url\)/g;

/**
 * What the code of an installed package imports and npm would not install: missing files, and packages that are not
 * declared.
 */
export function missingFrom(folder: string): string[] {
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')) as Record<string, object>;
  const declared = Object.keys({ ...manifest['dependencies'], ...manifest['peerDependencies'] });
  const known = (name: string) =>
    name.startsWith('node:') ||
    builtinModules.includes(name) ||
    declared.some((own) => name === own || name.startsWith(`${own}/`));
  const found = fs.globSync('dist/**/*.js', { cwd: folder }).flatMap((file) =>
    [...withoutComments(fs.readFileSync(path.join(folder, file), 'utf8')).matchAll(specifiers)].flatMap(
      ([, , imported, url]) => {
        const name = imported ?? (url as string);
        // A text that is written into a user's file.
        if (name.includes('${')) return [];
        if (!name.startsWith('.')) return known(name) ? [] : [`${file} imports ${name}, which is not declared`];
        return fs.existsSync(path.join(folder, path.dirname(file), name)) ? [] : [`${file} needs ${name}`];
      },
    ),
  );
  return [...found, ...unexported(folder, manifest['exports'] ?? {})];
}

/** Entries of `exports` that lead nowhere. */
function unexported(folder: string, exported: object): string[] {
  return Object.entries(exported).flatMap(([entry, targets]) =>
    Object.values(typeof targets === 'string' ? { default: targets } : (targets as Record<string, string>)).flatMap(
      (target) => (fs.globSync(target, { cwd: folder }).length > 0 ? [] : [`"${entry}" is to be ${target}`]),
    ),
  );
}

const withoutComments = (text: string): string => text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '');
