const longest = 200;

/**
 * Makes a file name safe to show, to log and to put into a header: no path, no control characters, not too long.
 *
 * @param given the name from the caller
 */
export function safeName(given: string | undefined): string {
  const base = (given ?? '').toWellFormed().normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const clean = base
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .replaceAll(/[<>:"|?*;]/g, '_')
    .replace(/^[.\s]+/, '')
    .trim();
  return [...clean].slice(0, longest).join('') || 'document';
}
