import type { FastifyRequest, preHandlerAsyncHookHandler } from 'fastify';
import type { Knex } from 'knex';

export type Role = 'user' | 'admin';

/** Whoever a request's access token names. */
export type SignedIn = { id: string; email: string; role: Role; sessionId: string };

/** What the other capabilities need of `auth`. The guards are given to routes as `preHandler`, and asked before the body is read. */
export type Auth = {
  /** Answers 401 without a valid access token; afterwards `request.user` is set. */
  requireUser: preHandlerAsyncHookHandler;
  /** 401 as above, 403 for anybody but an admin. */
  requireAdmin: preHandlerAsyncHookHandler;
  /** Sets `request.user` where there is a valid token, and lets everybody pass who sent none; a bad one is a 401. */
  acceptUser: preHandlerAsyncHookHandler;
  /** Whom the access token names, if this service signed it; their session may be over. Asks no database. */
  claimedUser(request: FastifyRequest): string | undefined;
  /**
   * Writes down what an admin did, in the transaction of the deed when one is given.
   *
   * @param action what was done, as `subject.verb`: `model.create`
   * @param subject the id of what it was done to
   */
  audit(
    request: FastifyRequest,
    action: string,
    subject: string,
    detail?: Record<string, unknown>,
    trx?: Knex,
  ): Promise<void>;
};
