import { defineTarget } from '../../../projects/define.ts';

export default defineTarget({
  name: 'library',
  start: {
    command: 'node main.mjs',
    env: {
      PORT: '{port}',
      DATABASE_URL: '{postgres.shelves.url}',
      MODEL_URL: '{model.url}',
      MODEL_KEY: '{model.key}',
      MODEL_ID: '{model.id}',
    },
    ready: '/up',
  },
  databases: { shelves: { prepare: ['schema.sql'] } },
  health: { paths: { health: '/up' } },
  auth: { paths: { me: '/me' }, has: ['policy'] },
  documents: { paths: { read: '/papers/{id}', remove: '/papers/{id}' }, has: ['duplicate'] },
  hooks: {
    signUp: async ({ request, account: { email, password }, cookies }) => {
      const answer = await request.request('POST', '/join', { json: { mail: email, secret: password } });
      if (answer.status !== 201) return answer;
      const { guard } = answer.json() as { guard: string };
      return { headers: { cookie: cookies(answer), 'x-guard': guard } };
    },
    signIn: async ({ request, account: { email, password }, cookies }) => {
      const answer = await request.request('POST', '/enter', { json: { mail: email, secret: password } });
      if (answer.status !== 200) return answer;
      const { guard } = answer.json() as { guard: string };
      return { headers: { cookie: cookies(answer), 'x-guard': guard } };
    },
    signOut: async ({ request, as }) => {
      const answer = await request.request('POST', '/leave', { headers: as.headers });
      if (answer.status !== 200) return answer;
    },
    upload: async ({ request, as, file }) => {
      const headers = { ...as.headers, 'content-type': file.type };
      const path = `/papers?title=${encodeURIComponent(file.name)}`;
      const answer = await request.request('PUT', path, { headers, body: file.bytes });
      if (answer.status >= 400) return answer;
      const { paper, task, known = false } = answer.json() as { paper: string; task: string; known?: boolean };
      return { document: paper, job: task, duplicate: known };
    },
    waitForJob: async ({ request, as, upload, signal }) => {
      for (;;) {
        const answer = await request.request('GET', `/tasks/${upload.job}`, { headers: as.headers, signal });
        if (answer.status >= 400) return answer;
        const { task } = answer.json() as { task: { state: string; why: string } };
        if (task.state === 'finished') return { state: 'done' };
        if (task.state === 'broken') return { state: 'failed', reason: task.why };
        await new Promise((resolve) => setTimeout(resolve, 40));
      }
    },
    ask: async ({ request, as, question, document }) => {
      const json = { text: question, ...(document === undefined ? {} : { paper: document }) };
      const answer = await request.request('POST', '/questions', { headers: as.headers, json });
      if (answer.status >= 400) return answer;
      const { reply, sources } = answer.json() as Answer;
      const citations = sources.map(({ paper, passage, page }) => ({ document: paper, quote: passage, page }));
      return { answer: reply, citations };
    },
  },
  library: {
    files: { harbour: 'papers/harbour-rules.txt', staff: 'papers/staff-notes.txt' },
    questions: [
      {
        id: 'harbour-master',
        question: 'Who is the harbour master of Sandvik?',
        file: 'harbour',
        answer: 'Ingrid Halvorsen',
        passage: 'The harbour master of Sandvik is Ingrid Halvorsen.',
        page: 1,
        category: 'people',
      },
      {
        id: 'berth-fee',
        question: 'What is the fee for one night?',
        file: 'harbour',
        answer: { pattern: '\\b35 euros\\b' },
        passage: 'The fee for one night is 35 euros.',
        category: 'numbers',
      },
      {
        id: 'tool-shed',
        question: 'What is the code of the tool shed?',
        file: 'staff',
        answer: '4417',
        passage: 'The code of the tool shed is 4417.',
        never: ['another user', 'nobody'],
        category: 'numbers',
      },
      {
        id: 'sapphires',
        question: 'Which colour do the sapphires of the old king have?',
        answer: { pattern: 'do not say' },
      },
    ],
  },
  endpoints: {
    up: { path: '/up' },
    me: { path: '/me', as: 'user' },
    shelf: { path: '/papers', as: 'user' },
  },
});

interface Answer {
  readonly reply: string;
  readonly sources: { readonly paper: string; readonly passage: string; readonly page: number }[];
}
