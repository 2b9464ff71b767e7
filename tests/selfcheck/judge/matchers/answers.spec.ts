import { stripVTControlCharacters } from 'node:util';
import { expect as plain, test } from '@playwright/test';
import { expect } from '../../../../fixtures/judge/matchers/index.ts';

function messageOf(assertion: () => void): string {
  try {
    assertion();
  } catch (error) {
    return stripVTControlCharacters((error as Error).message);
  }
  throw new Error('The assertion passed, though it should fail.');
}

test('toBeConfidence accepts only a number from 0 to 1', () => {
  for (const good of [0, 0.5, 1]) expect(good).toBeConfidence();
  for (const bad of [-0.01, 1.01, Number.NaN, '0.9', null, undefined]) expect(bad).not.toBeConfidence();
  plain(messageOf(() => expect('0.9').toBeConfidence())).toBe(
    'expect(confidence).toBeConfidence()\n\nExpected: a number in [0, 1]\nReceived: "0.9"',
  );
});

test('toBeConfidence fails for a number outside the bounds that the test sets', () => {
  expect(0.7).toBeConfidence({ atLeast: 0.7 });
  expect(0.69).toBeConfidence({ below: 0.7 });
  plain(messageOf(() => expect(0.69).toBeConfidence({ atLeast: 0.7 }))).toContain(
    'Expected: a number in [0.7, 1]\nReceived: 0.69',
  );
  plain(messageOf(() => expect(0.7).toBeConfidence({ below: 0.7 }))).toContain(
    'Expected: a number in [0, 0.7)\nReceived: 0.7',
  );
});

const body = { type: 'about:blank', title: 'Invalid body', status: 422, detail: 'question: must not be empty' };
const headers = { 'content-type': 'application/problem+json; charset=utf-8' };

test('toBeProblem accepts a problem document with the expected status and text', () => {
  expect({ status: 422, body }).toBeProblem(422);
  expect({ status: 422, body, headers }).toBeProblem(422, 'question');
  expect({ status: 422, body, headers }).toBeProblem(422, /must not be \w+/);
});

test.describe('failures of toBeProblem', () => {
  const cases: [title: string, answer: Parameters<typeof check>[0], fault: string][] = [
    ['for another status than expected', { status: 400, body: { ...body, status: 400 } }, 'But status is 400, not 422'],
    [
      'for a body whose status differs from that of the response',
      { status: 422, body: { ...body, status: 500 } },
      'But the body says status 500, the response 422',
    ],
    [
      'for another content type',
      { status: 422, body, headers: { 'content-type': 'text/html' } },
      'But content-type is text/html',
    ],
    [
      'for a body that is not a problem document',
      { status: 422, body: { error: 'bad' } },
      'But the body is not a problem document (title: ',
    ],
    [
      'for a problem document without the expected text',
      { status: 422, body: { ...body, detail: 'too long' } },
      'But neither title nor detail has "question"',
    ],
  ];
  const check = (answer: { status: number; body: unknown; headers?: Record<string, string> }) =>
    expect(answer).toBeProblem(422, 'question');
  for (const [title, answer, fault] of cases)
    test(`toBeProblem fails with the reason ${title}`, () => plain(messageOf(() => check(answer))).toContain(fault));
});
