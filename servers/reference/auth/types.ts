import type { FastifyRequest, preHandlerAsyncHookHandler } from 'fastify';
import type { Knex } from 'knex';

export type Role = 'user' | 'admin';

/** The user of a request's access token. */
export type SignedIn = { id: string; email: string; role: Role; sessionId: string };

/** The part of `auth` that other capabilities use. Guards are used as `preHandler`, and run before the body is read. */
export type Auth = {
  /** Answers 401 without a valid access token; afterwards `request.user` is set. */
  requireUser: preHandlerAsyncHookHandler;
  /** 401 as above, 403 for anybody but an admin. */
  requireAdmin: preHandlerAsyncHookHandler;
  /** Sets `request.user` if there is a valid token. Requests without a token pass; an invalid token gets a 401. */
  acceptUser: preHandlerAsyncHookHandler;
  /** The user of the access token, if this service has signed it. Does not check whether the session has ended. */
  claimedUser(request: FastifyRequest): string | undefined;
  /**
   * Records what an admin did, in the given transaction if there is one.
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
