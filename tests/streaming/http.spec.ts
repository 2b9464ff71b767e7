import { chatRules, expect, needs, requirement, simple, faultTest as test, textOf } from '../../fixtures/index.ts';

for (const [door, details] of [
  ['target', needs('chat.streaming')],
  ['model server', needs('chat.streaming', 'started target')],
] as const)
  test.describe(`the ${door}, as an HTTP server`, details, () => {
    test.use({ door });

    for (const accept of ['application/json', 'text/html', '*/*;q=0.1', 'nonsense;;;', ''])
      test(
        `asked for a stream with Accept: ${accept || 'left empty'} streams, or says that it will not`,
        requirement('STREAM-21'),
        async ({ sendChat, modelId }) => {
          const json = { ...simple(modelId), stream: true };
          const answer = await sendChat({ json, headers: { accept } });
          if (answer.kind === 'stream') return expect(answer).toBeConformantStream(chatRules());
          // Of the header alone a server may think what it likes; it must not break over it, nor leave its reader waiting.
          expect([400, 406]).toContain(answer.status);
        },
      );

    test(
      'asked for no stream with Accept: text/event-stream gives none',
      requirement('STREAM-21'),
      async ({ sendChat, modelId }) => {
        const answer = await sendChat({ json: simple(modelId), headers: { accept: 'text/event-stream' } });
        expect([answer.kind, answer.status]).toEqual(['plain', 200]);
        expect(answer.headers['content-type']).toMatch(/^application\/json/);
      },
    );

    for (const method of ['HEAD', 'GET', 'DELETE'])
      test(
        `refuses ${method} where it chats, and the connection lives on`,
        requirement('STREAM-21'),
        async ({ sendChat, modelId }) => {
          const refused = await sendChat({}, method);
          expect([404, 405, 501]).toContain(refused.status);
          if (refused.status === 405) expect(refused.headers['allow']).toMatch(/POST/);
          if (method === 'HEAD' && refused.kind === 'plain') expect(refused.text).toBe('');
          // A body after HEAD, or half of one after the others, would be read as the next answer.
          const next = await sendChat({ json: { ...simple(modelId), stream: true } });
          await expect(next).toBeConformantStream(chatRules());
        },
      );

    test(
      'keeps the connection for the next request after a stream',
      requirement('STREAM-21'),
      async ({ keptHttp, sendChat, modelId }) => {
        const json = { ...simple(modelId), stream: true };
        for (let n = 0; n < 4; n++) {
          const stream = await sendChat({ json }, 'POST', keptHttp);
          await expect(stream).toBeConformantStream(chatRules());
          expect(stream.exchange.connection).toBe(n === 0 ? 'new' : 'reused');
          // A server that does not keep it says so.
          if (/close/i.test(stream.headers['connection'] ?? '')) return;
        }
        const plain = await sendChat({ json: simple(modelId) }, 'POST', keptHttp);
        expect([plain.exchange.connection, plain.status]).toEqual(['reused', 200]);
      },
    );

    test('answers requests that were sent ahead, in order', requirement('STREAM-21'), async ({ rawChat, modelId }) => {
      const connection = await rawChat({ ...simple(modelId), stream: true });
      connection.again({ ...simple(modelId, 'Who are you?'), stream: true });
      await connection.until('[DONE]');
      const [first = ''] = connection.received().split('[DONE]');
      expect(first.match(/^HTTP\/1\.1 200/gm)).toHaveLength(1);
      const ended = connection.closed().catch(() => undefined);
      await Promise.race([ended, expect.poll(() => connection.received().match(/\[DONE\]/g)?.length).toBe(2)]);
      // To close in place of the second answer is a server's right; to answer it in part, or mixed, is not.
      const answers = connection.received().match(/^HTTP\/1\.1 200/gm)?.length;
      expect(connection.received().match(/\[DONE\]/g)).toHaveLength(answers ?? 0);
    });

    test(
      'speaks HTTP/1.0 to who does: no chunks, and the end is the end',
      requirement('STREAM-21'),
      async ({ rawChat, talk, modelId }) => {
        const connection = await rawChat(
          { ...simple(modelId), stream: true },
          { version: '1.0', headers: { connection: 'close' } },
        );
        await connection.closed();
        const [head = '', body = ''] = connection.received().split('\r\n\r\n', 2);
        expect(head).toMatch(/^HTTP\/1\.[01] 200/);
        expect(head, 'chunks are of HTTP/1.1').not.toMatch(/^transfer-encoding/im);
        const said = connection
          .received()
          .slice(head.length + 4)
          .split('\n')
          .flatMap((line) =>
            line.startsWith('data: {') ? JSON.parse(line.slice(6)).choices[0]?.delta.content || [] : [],
          );
        expect(body).toMatch(/^(:|data|event)/);
        expect(said.join('')).toBe(textOf(await (await talk.chatStream(simple(modelId))).collect()));
      },
    );
  });
