/**
 * Runs `body`, then puts the environment back as it was, key by key. An object put in the place of `process.env` would
 * no longer be the environment: what is set in it reaches neither `os.tmpdir()` nor a child process.
 */
export function withEnvironment(body: () => void): void {
  const before = { ...process.env };
  try {
    body();
  } finally {
    for (const name of Object.keys(process.env)) if (before[name] === undefined) delete process.env[name];
    Object.assign(process.env, before);
  }
}
