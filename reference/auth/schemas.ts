import { z } from 'zod';

/** Postgres keeps no NUL, and nobody's name has one. */
const printable = /^[^\u0000-\u001f\u007f]*$/;

const email = z.email().max(254).describe('Case does not matter');
const password = z.string().min(10).max(200);

export const registration = z.strictObject({
  email,
  password: password.describe('At least 10 characters, at least 5 of them different, without the e-mail address'),
  name: z.string().min(1).max(200).regex(printable).optional(),
});

// No rules here: whoever has an account has met them, and whoever has none learns nothing from them.
export const credentials = z.strictObject({ email: z.string().min(1).max(254), password: z.string().min(1).max(200) });

export const refreshRequest = z.strictObject({ refresh_token: z.string().min(1).max(512) });

export const logoutRequest = z.strictObject({ refresh_token: z.string().min(1).max(512).optional() }).nullish();

export const user = z
  .object({
    id: z.uuid(),
    email: z.string(),
    name: z.string().nullable(),
    role: z.enum(['user', 'admin']),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'User' });

export const signedIn = z
  .object({
    user,
    access_token: z.string().describe('A JWT: send it as `Authorization: Bearer …`'),
    refresh_token: z.string().describe('Good for one refresh; using it twice ends the session'),
    token_type: z.literal('Bearer'),
    expires_in: z.int().describe('Seconds until the access token expires'),
  })
  .meta({ id: 'SignedIn' });
