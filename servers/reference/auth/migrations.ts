import type { Migration } from '../platform/migrations.ts';

export const authMigrations: readonly Migration[] = [
  {
    name: '010_auth_users',
    async up(knex) {
      await knex.raw(`
        CREATE TABLE users (
          id uuid PRIMARY KEY,
          email text NOT NULL,
          name text,
          role text NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'admin')),
          password_hash text NOT NULL,
          created_at timestamptz NOT NULL DEFAULT now(),
          updated_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE UNIQUE INDEX users_email ON users (lower(email));
      `);
    },
    async down(knex) {
      await knex.raw('DROP TABLE users');
    },
  },
  {
    name: '011_auth_sessions',
    async up(knex) {
      // A session is one sign-in, with the family of refresh tokens that descend from it. They are revoked together.
      await knex.raw(`
        CREATE TABLE sessions (
          id uuid PRIMARY KEY,
          user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
          created_at timestamptz NOT NULL DEFAULT now(),
          revoked_at timestamptz,
          revoked_reason text CHECK (revoked_reason IN ('logout', 'reuse', 'password_changed')),
          CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL))
        );
        CREATE INDEX sessions_user ON sessions (user_id);
        CREATE TABLE refresh_tokens (
          token_hash bytea PRIMARY KEY,
          session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
          created_at timestamptz NOT NULL DEFAULT now(),
          expires_at timestamptz NOT NULL,
          used_at timestamptz
        );
        CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);
      `);
    },
    async down(knex) {
      await knex.raw('DROP TABLE refresh_tokens; DROP TABLE sessions');
    },
  },
  {
    name: '012_auth_audit',
    async up(knex) {
      // The actor's address is kept when the user is deleted, because audit entries must not disappear.
      await knex.raw(`
        CREATE TABLE audit_log (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          at timestamptz NOT NULL DEFAULT now(),
          actor_id uuid NOT NULL,
          actor_email text NOT NULL,
          action text NOT NULL,
          subject text NOT NULL,
          detail jsonb NOT NULL DEFAULT '{}',
          request_id text NOT NULL,
          address text NOT NULL
        );
        CREATE INDEX audit_log_subject ON audit_log (subject);
      `);
    },
    async down(knex) {
      await knex.raw('DROP TABLE audit_log');
    },
  },
];
