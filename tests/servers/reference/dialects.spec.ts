import { expect, test } from '@playwright/test';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { inOpenAiWords, type Refusal } from '../../../servers/reference/inference/dialects.ts';

const rows: [who: string, said: Refusal, heard: Partial<Refusal>][] = [
  [
    'llama.cpp of a model that its router has not',
    { status: 400, message: "model 'nope' not found", type: 'invalid_request_error', code: '400' },
    { status: 404, param: 'model', code: 'model_not_found' },
  ],
  [
    'vLLM of a model that it has not',
    { status: 404, message: 'The model `nope` does not exist.', type: 'NotFoundError', param: 'model', code: '404' },
    { status: 404, param: 'model', code: 'model_not_found' },
  ],
  [
    'llama.cpp of a prompt that is too long',
    {
      status: 400,
      message: 'request (14009 tokens) exceeds the available context size (2048 tokens), try increasing it',
      type: 'exceed_context_size_error',
      code: '400',
    },
    { status: 400, param: 'messages', code: 'context_length_exceeded' },
  ],
  [
    'vLLM of a prompt that is too long',
    {
      status: 400,
      message: "This model's maximum context length is 2048 tokens.",
      type: 'BadRequestError',
      code: '400',
    },
    { status: 400, param: 'messages', code: 'context_length_exceeded' },
  ],
  [
    'OpenAI itself',
    { status: 400, message: 'too long', param: 'messages', code: 'context_length_exceeded' },
    { status: 400, message: 'too long', param: 'messages', code: 'context_length_exceeded' },
  ],
  [
    'nobody that is known, with a number for a name',
    { status: 400, message: 'the model is not in the mood', code: '400' },
    { status: 400, message: 'the model is not in the mood', code: null },
  ],
];

for (const [who, said, heard] of rows)
  test(`what ${who} says is told in OpenAI’s words`, requirement('MODELS-04', 'CHAT-10'), () => {
    expect(inOpenAiWords(said)).toMatchObject(heard);
  });
