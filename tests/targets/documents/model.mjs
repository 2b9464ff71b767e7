import { Fault } from './fault.mjs';

async function post(path, body, timeoutMs) {
  const response = await fetch(`${process.env.MODEL_URL}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${process.env.MODEL_KEY}` },
    body: JSON.stringify({ model: process.env.MODEL_ID, ...body }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) throw new Error(`the model server answers ${response.status}`);
  return response.json();
}

/** What the model says to a question about a passage. @throws a 503 where it says nothing */
export async function reply(passage, question) {
  const system = `Answer the question from the passage, or say: I do not know.\n${passage}`;
  const messages = [
    { role: 'system', content: system },
    { role: 'user', content: question },
  ];
  try {
    const { choices } = await post('/v1/chat/completions', { messages, max_tokens: 60, temperature: 0 }, 6_000);
    const { content } = choices[0].message;
    if (typeof content !== 'string' || content.trim() === '') throw new Error('the model server says nothing');
    return content.trim();
  } catch (error) {
    console.error(error.message);
    throw new Fault(503, 'model', 'the reading room is closed for a moment: no model answers');
  }
}

/** A direction for each text, or nothing where the model gives none: then words alone decide. */
export async function directions(texts) {
  try {
    const { data } = await post('/v1/embeddings', { input: texts }, 4_000);
    return data.map(({ embedding }) => embedding);
  } catch (error) {
    console.error(`no embeddings: ${error.message}`);
    return texts.map(() => null);
  }
}
