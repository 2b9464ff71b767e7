import { expect, test } from '@playwright/test';
import { requirement } from '../../../../fixtures/spec/requirements.ts';
import { problemOf, revealed } from '../../../../fixtures/suites/documents/library/judge.ts';
import type { LibraryQuestion } from '../../../../fixtures/suites/documents/library/own-documents.ts';
import { defineTarget } from '../../../../fixtures/target/profile/define.ts';
import type { ProfileInput } from '../../../../fixtures/target/profile/schema.ts';

const shed: LibraryQuestion = {
  id: 'shed',
  question: 'What is the code of the tool shed?',
  file: 'staff',
  answer: '4417',
  passage: 'The code of the tool shed is 4417.',
  page: 2,
};
const { file: _, passage: __, page: ___, ...rest } = shed;
const nowhere: LibraryQuestion = { ...rest, answer: { pattern: 'do not say', flags: 'i' } };
const document = 'd-1';
const cited = { document_id: document, quote: 'Notes. The code of the  tool shed is 4417.', page: 2 };

/** What is given, and what is said of it; nothing where it is right. */
const verdicts = [
  ['the answer in other words around it, cited', shed, { answer: 'It is 4417!', citations: [cited] }, undefined],
  [
    'a part of the passage as the quote',
    shed,
    { answer: '4417', citations: [{ ...cited, quote: 'tool shed is 4417' }] },
    undefined,
  ],
  [
    'a right citation among others',
    shed,
    { answer: '4417', citations: [{ ...cited, document_id: 'x' }, cited] },
    undefined,
  ],
  [
    'a number that only holds the right one',
    shed,
    { answer: '44170', citations: [cited] },
    /"44170", and "4417" is expected/,
  ],
  ['no citation', shed, { answer: '4417' }, /cites nothing, and a citation of staff \(d-1\) is expected/],
  [
    'a citation of another document',
    shed,
    { answer: '4417', citations: [{ ...cited, document_id: 'x' }] },
    /citation of staff/,
  ],
  [
    'a citation of another passage',
    shed,
    { answer: '4417', citations: [{ ...cited, quote: 'It is changed in March.' }] },
    /leads to "The code/,
  ],
  [
    'a citation of two of its words',
    shed,
    { answer: '4417', citations: [{ ...cited, quote: 'is 4417' }] },
    /leads to "The code/,
  ],
  [
    'a citation of another page',
    shed,
    { answer: '4417', citations: [{ ...cited, page: 3 }] },
    /cites page 3, and page 2 is expected/,
  ],
  [
    'a citation without a page',
    shed,
    { answer: '4417', citations: [{ ...cited, page: undefined }] },
    /cites page \(none\)/,
  ],
  ['that nothing says it', nowhere, { answer: 'Your papers Do not say.', citations: [] }, undefined],
  ['an invented answer', nowhere, { answer: '1234', citations: [] }, /a match of \/do not say\/i is expected/],
  [
    'a citation for what no file says',
    nowhere,
    { answer: 'They do not say', citations: [cited] },
    /no citation is expected/,
  ],
] as const;

for (const [what, question, given, says] of verdicts)
  test(
    `to a question about own documents, ${what} is ${says ? 'a wrong' : 'a right'} answer`,
    requirement('OWN-08'),
    () => {
      const problem = problemOf(question, given, { document: question.file && document, cites: true });
      if (says) expect(problem).toMatch(says);
      else expect(problem).toBeUndefined();
    },
  );

test('of a service that does not cite, only the words of an answer are judged', requirement('OWN-08'), () => {
  expect(problemOf(shed, { answer: '4417' }, { document, cites: false })).toBeUndefined();
  expect(problemOf(shed, { answer: 'no' }, { document, cites: false })).toMatch(/"4417" is expected/);
});

test(
  'a secret is seen in an answer, a citation and an error, and not in the question or in an id',
  requirement('OWN-08', 'SEC-01'),
  () => {
    expect(revealed(shed, '{"reply":"4417"}')).toBe('"4417"');
    expect(revealed({ ...shed, answer: 'never said' }, '{"quote":"The code of the tool shed is 4417."}')).toBe(
      '"The code of the tool shed is 4417."',
    );
    expect(revealed(shed, '{"fault":{"says":"only Bo may read: 4417"}}')).toBe('"4417"');
    expect(
      revealed(shed, '{"asked":"What is the code of the tool shed?","id":"0a1b2c3d-4417-4417-8417-000000004417"}'),
    ).toBeUndefined();
  },
);

const written = (library: object) => () =>
  defineTarget({
    name: 'mine',
    library: { files: { staff: 'staff.txt' }, questions: [shed], ...library },
  } as ProfileInput);

for (const [what, library, says] of [
  ['a file that is not there', { questions: [{ ...shed, file: 'staf' }] }, '"staf" is not one of the files: staff'],
  ['a passage of no file', { questions: [{ ...nowhere, passage: 'x' }] }, 'library.questions.0.file: is missing'],
  ['two questions of one id', { questions: [shed, shed] }, 'library.questions.1.id: "shed" is the id of another'],
  ['a pattern that is none', { questions: [{ ...shed, answer: { pattern: '(' } }] }, 'library.questions.0.answer'],
  ['an unknown outsider', { questions: [{ ...shed, never: ['everybody'] }] }, 'library.questions.0.never.0'],
  ['a misspelt field', { questions: [{ ...shed, pasage: 'x' }] }, 'pasage is unknown. Did you mean passage?'],
  ['no question', { questions: [] }, 'library.questions is []: write at least one question'],
] as const)
  test(`a library with ${what} is refused with the place of it`, requirement('OWN-08', 'STACK-07'), () => {
    expect(written(library)).toThrow(says);
  });
