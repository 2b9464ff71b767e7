import { chatRequest, chatRules, expect, needs, requirement, faultTest as test, textOf } from '../../fixtures/index.ts';

for (const [server, details] of [
  ['target', needs('chat.streaming')],
  ['model server', needs('model server')],
] as const)
  test.describe(`the ${server} as an HTTP server`, details, () => {
    test.use({ streamsOf: server });

    for (const accept of ['application/json', 'text/html', '*/*;q=0.1', 'nonsense;;;', ''])
      test(
        `a stream requested from the ${server} with Accept: ${accept || '(empty)'} is sent, or refused with 400 or 406`,
        requirement('STREAM-21'),
        async ({ sendChat, modelId }) => {
          const json = { ...chatRequest(modelId), stream: true };
          const answer = await sendChat({ json, headers: { accept } });
          if (answer.kind === 'stream') return expect(answer).toBeConformantStream(chatRules());
          // A server may refuse the header, but must not fail because of it or leave the client waiting.
          expect([400, 406], 'statuses with which a server may refuse an Accept header').toContain(answer.status);
        },
      );

    test(
      `the ${server} answers a plain request in JSON even with Accept: text/event-stream`,
      requirement('STREAM-21'),
      async ({ sendChat, modelId }) => {
        const answer = await sendChat({ json: chatRequest(modelId), headers: { accept: 'text/event-stream' } });
        expect([answer.kind, answer.status]).toEqual(['plain', 200]);
        expect(answer.headers['content-type']).toMatch(/^application\/json/);
      },
    );

    for (const method of ['HEAD', 'GET', 'DELETE'])
      test(
        `the ${server} refuses ${method} on its chat endpoint and keeps the connection usable`,
        requirement('STREAM-21'),
        async ({ sendChat, modelId }) => {
          const refused = await sendChat({}, method);
          expect([404, 405, 501], 'statuses with which a server may refuse a method').toContain(refused.status);
          if (refused.status === 405) expect(refused.headers['allow']).toMatch(/POST/);
          if (method === 'HEAD' && refused.kind === 'plain') expect(refused.text).toBe('');
          // A body after HEAD, or part of a body after the other methods, would be read as the next answer.
          const next = await sendChat({ json: { ...chatRequest(modelId), stream: true } });
          await expect(next).toBeConformantStream(chatRules());
        },
      );

    test(
      `after a stream, the ${server} reuses the connection or has announced that it closes it`,
      requirement('STREAM-21'),
      async ({ keepAliveHttp, sendChat, modelId }) => {
        const json = { ...chatRequest(modelId), stream: true };
        for (let n = 0; n < 4; n++) {
          const stream = await sendChat({ json }, 'POST', keepAliveHttp);
          await expect(stream).toBeConformantStream(chatRules());
          expect(stream.exchange.connection).toBe(n === 0 ? 'new' : 'reused');
          // A server may close the connection if it announces that.
          if (/close/i.test(stream.headers['connection'] ?? '')) return;
        }
        const plain = await sendChat({ json: chatRequest(modelId) }, 'POST', keepAliveHttp);
        expect([plain.exchange.connection, plain.status]).toEqual(['reused', 200]);
      },
    );

    test(
      `the ${server} answers pipelined stream requests in order, or closes the connection`,
      requirement('STREAM-21'),
      async ({ rawChat, modelId }) => {
        const connection = await rawChat({ ...chatRequest(modelId), stream: true });
        connection.again({ ...chatRequest(modelId, 'Who are you?'), stream: true });
        await connection.until('[DONE]');
        const [first = ''] = connection.received().split('[DONE]');
        expect(first.match(/^HTTP\/1\.1 200/gm)).toHaveLength(1);
        const ended = connection.closed().catch(() => undefined);
        await Promise.race([ended, expect.poll(() => connection.received().match(/\[DONE\]/g)?.length).toBe(2)]);
        // A server may close the connection instead of sending the second answer, but must not send a part of it or mix
        // the two.
        const answers = connection.received().match(/^HTTP\/1\.1 200/gm)?.length;
        expect(connection.received().match(/\[DONE\]/g)).toHaveLength(answers ?? 0);
      },
    );

    test(
      `the ${server} answers an HTTP/1.0 client without chunked encoding and closes the connection at the end`,
      requirement('STREAM-21'),
      async ({ rawChat, chat, modelId }) => {
        const connection = await rawChat(
          { ...chatRequest(modelId), stream: true },
          { version: '1.0', headers: { connection: 'close' } },
        );
        await connection.closed();
        const [head = '', body = ''] = connection.received().split('\r\n\r\n', 2);
        expect(head).toMatch(/^HTTP\/1\.[01] 200/);
        expect(head, 'head of the answer: chunked encoding does not exist in HTTP/1.0').not.toMatch(
          /^transfer-encoding/im,
        );
        const pieces = connection
          .received()
          .slice(head.length + 4)
          .split('\n')
          .flatMap((line) =>
            line.startsWith('data: {') ? JSON.parse(line.slice(6)).choices[0]?.delta.content || [] : [],
          );
        expect(body).toMatch(/^(:|data|event)/);
        expect(pieces.join('')).toBe(textOf(await (await chat.chatStream(chatRequest(modelId))).collect()));
      },
    );
  });
