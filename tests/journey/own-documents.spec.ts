import {
  documentRequirements,
  documentTags,
  needs,
  outsiderNeeds,
  ownDocumentQuestions,
  requirement,
  test,
} from '../../fixtures/index.ts';

const questions = await ownDocumentQuestions();

test.describe('own documents', () => {
  for (const asked of questions) {
    const from =
      asked.file === undefined ? 'has no answer in the documents, and gets none' : `is answered from ${asked.file}`;
    test(
      `document question ${asked.id} ${from}: ${asked.question}`,
      {
        ...requirement('OWN-08', ...documentRequirements(asked), needs('own documents', 'documents', 'ask')),
        tag: documentTags(asked),
      },
      async ({ expectFromLibrary }) => expectFromLibrary(asked),
    );

    for (const who of asked.never ?? [])
      test(
        `what answers document question ${asked.id} reaches ${who} in no answer, citation or error: ${asked.question}`,
        { ...requirement('OWN-08', 'SEC-01', 'DOC-06', outsiderNeeds(who)), tag: documentTags(asked) },
        async ({ expectKeptFrom }) => expectKeptFrom(who, asked),
      );
  }
});
