import { z } from 'zod';
import { flag, integer, seconds } from '../settings.ts';

const list = z.string().transform((text) => text.split(',').map((part) => part.trim()));
const apiKey = z.string().regex(/^[\x21-\x7e]{16,}$/, 'each at least 16 visible characters');
const origin = z.url({ protocol: /^https?$/ }).transform((url) => new URL(url).origin);

/** Who may knock, how often, and from which web pages. */
export const securitySettings = {
  /** With at least one, every route but the public ones wants one of them, or an access token. */
  API_KEYS: list.pipe(z.array(apiKey)).default([]),
  /** Requests a caller may make in one window: a user, an API key, or else an address. */
  RATE_LIMIT_MAX: integer(1, 10_000_000, 6_000),
  /** Attempts to sign in to one account from one address in one window. */
  RATE_LIMIT_LOGIN_MAX: integer(1, 10_000_000, 10),
  RATE_LIMIT_WINDOW_SECONDS: seconds(60),
  /** Web pages that may call the service: `https://app.example`, separated by commas. None by default. */
  CORS_ORIGINS: list.pipe(z.array(origin)).default([]),
  /** Behind a proxy: take the caller's address from X-Forwarded-For. */
  TRUST_PROXY: flag(false),
};
