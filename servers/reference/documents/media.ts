export type MediaType = 'application/pdf' | 'text/plain';

/** How many bytes of a file are searched for its type; PDF readers search as many for the header. */
export const headBytes = 1_024;

/**
 * Detects the type of a file from its contents, because the declared type may be wrong.
 *
 * @param head the first bytes
 * @returns undefined if they are neither PDF nor UTF-8 text
 */
export function mediaTypeOf(head: Uint8Array): MediaType | undefined {
  const start = head.subarray(0, headBytes);
  if (Buffer.from(start).includes('%PDF-')) return 'application/pdf';
  return decodeText(start, true) === undefined ? undefined : 'text/plain';
}

/**
 * Decodes UTF-8 text, without its byte order mark.
 *
 * @param partial whether the bytes may end inside a character
 * @returns undefined if it is not text: invalid UTF-8, or control characters that texts do not have
 */
export function decodeText(bytes: Uint8Array, partial = false): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: partial });
    return /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
