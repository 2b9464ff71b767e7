export type MediaType = 'application/pdf' | 'text/plain';

/** How far into a file its kind is looked for; PDF's own readers look as far for the header. */
export const headBytes = 1_024;

/**
 * What a file is, by what is in it: what the caller declares may be wrong or a lie.
 *
 * @param head the first bytes
 * @returns undefined where it is neither PDF nor, as far as can be seen, UTF-8 text
 */
export function mediaTypeOf(head: Uint8Array): MediaType | undefined {
  const start = head.subarray(0, headBytes);
  if (Buffer.from(start).includes('%PDF-')) return 'application/pdf';
  return decodeText(start, true) === undefined ? undefined : 'text/plain';
}

/**
 * UTF-8 text, without a byte order mark.
 *
 * @param partial whether the bytes may end inside a character
 * @returns undefined where it is no text: not UTF-8, or with control characters that no text has
 */
export function decodeText(bytes: Uint8Array, partial = false): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: partial });
    return /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
