import { defineTarget } from '../../../projects/define.ts';

export default defineTarget({
  name: 'members',
  start: {
    command: 'node server.mjs',
    env: { PORT: '{port}', CLUB_DSN: '{postgres.club.url}', TOKEN_KEY: 'a-key-that-only-this-example-has' },
    signingKey: 'TOKEN_KEY',
    ready: '/healthz',
  },
  databases: { club: { prepare: ['schema.sql'] } },
  state: {
    users: 'SELECT no AS id, mail AS key FROM members',
    passwords: "SELECT no AS user, salt || ' ' || digest AS stored FROM members",
    sessions: 'SELECT no AS id, member AS user, left_at IS NOT NULL AS ended FROM visits',
  },
  health: { paths: { health: '/healthz' } },
  openapi: true,
  auth: {
    paths: { register: '/signup', login: '/signin', logout: '/signout', me: '/whoami' },
    request: { email: 'mail', password: 'secret' },
    response: { access_token: 'token', 'user.id': 'member.no', 'user.email': 'member.mail' },
    has: ['jwt'],
  },
});
