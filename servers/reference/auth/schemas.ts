import { z } from 'zod';
import { boundedText } from '../texts.ts';

const email = z.email().max(254).describe('Case does not matter');
const role = z.enum(['user', 'admin']);

export const registration = z.strictObject({
  email,
  password: boundedText(10, 200).describe('At least 5 different characters, and not the e-mail address'),
  name: boundedText(1, 200).optional(),
});

// Signing in checks few rules: existing passwords already meet them, and an attacker must learn nothing.
export const credentials = z.strictObject({ email: boundedText(1, 254), password: boundedText(1, 200) });

const refreshToken = boundedText(1, 512);

export const refreshRequest = z.strictObject({ refresh_token: refreshToken });

export const logoutRequest = z.strictObject({ refresh_token: refreshToken.optional() }).nullish();

export const userId = z.strictObject({ id: z.uuid() });

export const roleChange = z.strictObject({ role });

export const paging = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
});

export const auditQuery = paging.extend({
  action: boundedText(1, 100).optional().describe('As `subject.verb`: `user.role`'),
  subject: boundedText(1, 200).optional().describe('The id of what it was done to'),
});

export const user = z
  .object({
    id: z.uuid(),
    email: z.string(),
    name: z.string().nullable(),
    role,
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

const pageOf = <T extends z.ZodType>(item: T, id: string) =>
  z.object({ items: z.array(item), total: z.int(), limit: z.int(), offset: z.int() }).meta({ id });

export const userPage = pageOf(user, 'UserPage');

export const auditPage = pageOf(
  z.object({
    id: z.string(),
    at: z.iso.datetime(),
    actor_id: z.uuid(),
    actor_email: z.string(),
    action: z.string(),
    subject: z.string(),
    detail: z.record(z.string(), z.unknown()),
    request_id: z.string(),
    address: z.string(),
  }),
  'AuditPage',
);

export const json = <T>(description: string, schema: T) => ({
  description,
  content: { 'application/json': { schema } },
});
