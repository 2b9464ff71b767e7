import type { Knex } from 'knex';
import type { Auth } from './types.ts';

/** Records who did what to which subject, when and from where. The actor is the user of the request's token. */
export const createAudit =
  (knex: Knex): Auth['audit'] =>
  async (request, action, subject, detail = {}, trx = knex) => {
    await trx('audit_log').insert({
      actor_id: request.user.id,
      actor_email: request.user.email,
      action,
      subject,
      detail: JSON.stringify(detail),
      request_id: request.id,
      address: request.ip,
    });
  };
