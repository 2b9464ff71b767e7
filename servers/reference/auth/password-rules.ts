import { ProblemError } from '../errors/problem.ts';
import { normalEmail } from './users.ts';

const fewest = 5;

/** Refuses passwords that are long enough but easy to guess. @throws ProblemError 422 that names the field */
export function demandStrength(password: string, email: string): void {
  const lower = password.toLowerCase();
  const local = normalEmail(email).split('@', 1)[0] ?? '';
  const fault =
    new Set(lower).size < fewest
      ? `needs at least ${fewest} different characters`
      : local.length >= 4 && lower.includes(local)
        ? 'must not contain the e-mail address'
        : undefined;
  if (fault === undefined) return;
  throw new ProblemError('invalid_request', `password: ${fault}`, {
    extra: { errors: [{ field: 'password', message: fault }] },
  });
}
