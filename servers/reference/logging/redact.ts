const urlPassword = /\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@"']*):[^\s@"']+@/gi;
const bearer = /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{4,}/gi;
const jwt = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;
/** A field of JSON, also inside a JSON string, where each quote has a backslash before it. */
const field = /((?:password|passwd|secret|api_?key|(?:access|refresh)_?token)(\\*)"\s*:\s*\2")(?:(?!(?<!\\)\2").)+/gi;

/**
 * Makes a function that removes secrets from a text: passwords in URLs, bearer tokens, JWTs, fields with secret names,
 * and the given literals. It works on finished log lines, so that it also finds a secret in a library's error message.
 */
export function redactor(literals: readonly (string | undefined)[]): (text: string) => string {
  const secrets = literals.filter((secret): secret is string => secret !== undefined && secret.length >= 4);
  return (text) => {
    let clean = text
      .replace(urlPassword, '$1:[redacted]@')
      .replace(bearer, '$1 [redacted]')
      .replace(jwt, '[redacted]')
      .replace(field, '$1[redacted]');
    for (const secret of secrets) clean = clean.replaceAll(secret, '[redacted]');
    return clean;
  };
}
