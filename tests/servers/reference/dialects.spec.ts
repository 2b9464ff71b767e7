import { expect, test } from '@playwright/test';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { inOpenAiWords, type Refusal } from '../../../servers/reference/inference/dialects.ts';

const rows: [error: string, given: Refusal, passedOn: Partial<Refusal>][] = [
  [
    'llama.cpp’s error about a model that its router lacks',
    { status: 400, message: "model 'nope' not found", type: 'invalid_request_error', code: '400' },
    { status: 404, param: 'model', code: 'model_not_found' },
  ],
  [
    'vLLM’s error about a model that it lacks',
    { status: 404, message: 'The model `nope` does not exist.', type: 'NotFoundError', param: 'model', code: '404' },
    { status: 404, param: 'model', code: 'model_not_found' },
  ],
  [
    'llama.cpp’s error about a prompt that is too long',
    {
      status: 400,
      message: 'request (14009 tokens) exceeds the available context size (2048 tokens), try increasing it',
      type: 'exceed_context_size_error',
      code: '400',
    },
    { status: 400, param: 'messages', code: 'context_length_exceeded' },
  ],
  [
    'vLLM’s error about a prompt that is too long',
    {
      status: 400,
      message: "This model's maximum context length is 2048 tokens.",
      type: 'BadRequestError',
      code: '400',
    },
    { status: 400, param: 'messages', code: 'context_length_exceeded' },
  ],
  [
    'OpenAI’s own error',
    { status: 400, message: 'too long', param: 'messages', code: 'context_length_exceeded' },
    { status: 400, message: 'too long', param: 'messages', code: 'context_length_exceeded' },
  ],
  [
    'an unknown server’s error with a number as its code',
    { status: 400, message: 'the model is not in the mood', code: '400' },
    { status: 400, message: 'the model is not in the mood', code: null },
  ],
];

for (const [error, given, passedOn] of rows)
  test(`${error} is passed on as OpenAI’s error object`, requirement('MODELS-04', 'CHAT-10'), () => {
    expect(inOpenAiWords(given)).toMatchObject(passedOn);
  });
