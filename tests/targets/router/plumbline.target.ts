import { defineTarget } from '../../../projects/define.ts';

export default defineTarget({
  name: 'router',
  start: {
    command: ['python3', 'router.py'],
    env: { PORT: '{port}', UPSTREAMS: '{model.url},{model.second.url}', UPSTREAM_KEY: '{model.key}' },
    ready: { line: 'the router listens' },
  },
  settings: {
    'rate limit': { RATE_LIMIT: '{value}' },
    'rate limit window': { RATE_WINDOW: '{seconds}' },
    'model timeout': { ANSWER_SECONDS: '{seconds.decimal}' },
    'model attempts': { ATTEMPTS: '{value}' },
  },
  health: { paths: { health: '/healthz' } },
  models: true,
  chat: { lacks: ['unbuffered', 'checked'] },
  gateway: { lacks: ['requestIds'] },
  completions: true,
  embeddings: true,
  endpoints: {
    models: { path: '/v1/models' },
    greeting: {
      method: 'POST',
      path: '/v1/chat/completions',
      body: { model: 'plumbline-tiny', messages: [{ role: 'user', content: 'Hello' }], max_tokens: 8, temperature: 0 },
    },
  },
});
