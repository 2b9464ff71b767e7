import fs from 'node:fs';
import path from 'node:path';
import { parseSync } from 'oxc-parser';

/** From one folder to another: the imports between them, as `file -> file`. */
export type FolderArrows = ReadonlyMap<string, readonly string[]>;

/**
 * Every import between folders of a tree, types included.
 *
 * @param root the checkout
 * @param top the tree, relative to the root: `fixtures`, `servers`
 * @returns by `from -> to`, each a folder directly below the tree; files directly in it count as `.`
 */
export function arrowsBetweenFolders(root: string, top: string): FolderArrows {
  const arrows = new Map<string, string[]>();
  for (const file of fs.globSync(`${top}/**/*.ts`, { cwd: root })) {
    for (const to of importsOf(path.join(root, file))) {
      const target = path.relative(root, to);
      const [from, into] = [folderOf(file, top), folderOf(target, top)];
      if (into === undefined || from === undefined || from === into) continue;
      const arrow = `${from} -> ${into}`;
      arrows.set(arrow, [...(arrows.get(arrow) ?? []), `${file} -> ${target}`]);
    }
  }
  return arrows;
}

/** Groups of folders that import each other in a circle, largest first; each in alphabetical order. */
export function circlesIn(arrows: FolderArrows): string[][] {
  const next = new Map<string, Set<string>>();
  for (const arrow of arrows.keys()) {
    const [from = '', to = ''] = arrow.split(' -> ');
    next.set(from, (next.get(from) ?? new Set()).add(to));
  }
  const reached = new Map([...next.keys()].map((folder) => [folder, reachableFrom(folder, next)]));
  const circles = new Map<string, string[]>();
  for (const [folder, those] of reached) {
    if (!those.has(folder)) continue;
    const group = [...those].filter((other) => reached.get(other)?.has(folder)).sort();
    circles.set(group.join(), group);
  }
  return [...circles.values()].sort((a, b) => b.length - a.length);
}

function reachableFrom(start: string, next: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const seen = new Set<string>();
  const queue = [...(next.get(start) ?? [])];
  for (let folder = queue.pop(); folder !== undefined; folder = queue.pop()) {
    if (seen.has(folder)) continue;
    seen.add(folder);
    queue.push(...(next.get(folder) ?? []));
  }
  return seen;
}

function importsOf(file: string): string[] {
  const { module } = parseSync(file, fs.readFileSync(file, 'utf8'));
  const named = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
    ),
  ];
  return [...new Set(named)]
    .filter((name) => name.startsWith('.'))
    .map((name) => path.resolve(path.dirname(file), name));
}

function folderOf(file: string, top: string): string | undefined {
  const parts = file.replaceAll('\\', '/').split('/');
  if (parts[0] !== top) return undefined;
  return parts.length === 2 ? '.' : parts[1];
}
