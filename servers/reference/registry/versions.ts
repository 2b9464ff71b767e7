/** Semantic versioning without build metadata, because build metadata has no order. */
export const versionPattern =
  /^(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})(-[0-9A-Za-z-]{1,20}(\.[0-9A-Za-z-]{1,20}){0,3})?$/;

/** Compares two versions by semver's precedence: negative if `a` comes first. */
export function compareVersions(a: string, b: string): number {
  const [releaseA, preA] = split(a);
  const [releaseB, preB] = split(b);
  for (const [index, part] of releaseA.entries()) {
    const difference = part - (releaseB[index] ?? 0);
    if (difference !== 0) return difference;
  }
  // A pre-release comes before its release.
  if (preA.length === 0 || preB.length === 0) return preB.length - preA.length;
  return comparePrerelease(preA, preB);
}

function split(version: string): [number[], string[]] {
  const dash = version.indexOf('-');
  const release = dash < 0 ? version : version.slice(0, dash);
  return [release.split('.').map(Number), dash < 0 ? [] : version.slice(dash + 1).split('.')];
}

function comparePrerelease(a: readonly string[], b: readonly string[]): number {
  for (const [index, part] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    if (part === other) continue;
    const [numeric, otherNumeric] = [/^\d+$/.test(part), /^\d+$/.test(other)];
    if (numeric && otherNumeric) return Number(part) - Number(other);
    if (numeric !== otherNumeric) return numeric ? -1 : 1;
    return part < other ? -1 : 1;
  }
  return a.length - b.length;
}
