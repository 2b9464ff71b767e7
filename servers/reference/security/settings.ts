import { z } from 'zod';
import { flag, integer, seconds } from '../settings.ts';

const list = z.string().transform((text) => text.split(',').map((part) => part.trim()));
const apiKey = z.string().regex(/^[\x21-\x7e]{16,}$/, 'each at least 16 visible characters');
const origin = z.url({ protocol: /^https?$/ }).transform((url) => new URL(url).origin);

/** Settings of API keys, rate limits and CORS. */
export const securitySettings = {
  /** With at least one key, every route except the public ones requires one of them, or an access token. */
  API_KEYS: list.pipe(z.array(apiKey)).default([]),
  /** Requests in one window per caller: a user, an API key, or else an address. */
  RATE_LIMIT_MAX: integer(1, 10_000_000, 6_000),
  /** Sign-ins in one window per account and address. */
  RATE_LIMIT_LOGIN_MAX: integer(1, 10_000_000, 10),
  RATE_LIMIT_WINDOW_SECONDS: seconds(60),
  /** Web pages that may call the service: `https://app.example`, separated by commas. None by default. */
  CORS_ORIGINS: list.pipe(z.array(origin)).default([]),
  /** Behind a proxy: take the caller's address from X-Forwarded-For. */
  TRUST_PROXY: flag(false),
};
