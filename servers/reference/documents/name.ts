const longest = 200;

/**
 * A file's name as it may be shown, logged and put into a header: no path, no control characters, not too long.
 *
 * @param given what the caller says the file is called
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
