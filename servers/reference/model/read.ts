import { createParser } from 'eventsource-parser';
import type { Dispatcher } from 'undici';
import { type Completion, gatherChunks } from './chunks.ts';
import { badResponse, bodyStart, statusProblem } from './failures.ts';

const maxAnswerBytes = 8 * 1024 * 1024;

/**
 * Reads a streamed completion to its end.
 *
 * @param onText called with each piece of text as it arrives
 * @throws ProblemError 422, 502, 503 or 504 if it is not valid; errors of the connection
 */
export async function readCompletion(
  response: Dispatcher.ResponseData,
  onText: (text: string) => void,
): Promise<Completion> {
  const { statusCode, headers, body } = response;
  if (statusCode !== 200) throw statusProblem(response, await bodyStart(body));
  const type = [headers['content-type']].flat()[0] ?? 'nothing';
  if (!type.startsWith('text/event-stream')) {
    body.destroy();
    throw badResponse(`The model server answered with ${type.slice(0, 80)}, not an event stream.`);
  }
  const chunks = gatherChunks(onText);
  const parser = createParser({ onEvent: ({ data }) => chunks.push(data) });
  const decoder = new TextDecoder();
  let bytes = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > maxAnswerBytes) throw badResponse(`The model server sent more than ${maxAnswerBytes} bytes.`);
    parser.feed(decoder.decode(piece, { stream: true }));
  }
  return chunks.finish();
}
