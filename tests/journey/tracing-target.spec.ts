import { chatRequest, expect, needs, requirement, test } from '../../fixtures/index.ts';

test(
  'the target continues the trace that its caller began',
  requirement('RT-04', needs('chat', 'tracing')),
  async ({ chat, modelId, traces, profile }) => {
    const call = traces.begin('the caller chats');
    await chat.chat(chatRequest(modelId), { headers: call.headers });
    call.end();
    // OpenTelemetry's own rule for the name of a server span: method and route.
    const name = `POST ${profile.capability('chat').path('create')}`;
    const trace = await traces.wait(call.traceId, { spans: [name] });
    const received = trace.all(name).find((span) => trace.parentOf(span) === trace.root);
    expect(received).toMatchObject({ kind: 'server', error: false });
  },
);
