import {
  askAccuracy,
  budgets,
  corpus,
  corpusFile,
  corpusKnownFailures,
  corpusQuestions,
  elsewhereQuestions,
  expect,
  inParallel,
  needs,
  requirement,
  test,
} from '../../fixtures/index.ts';

test(
  'the model in use answers the questions about the document corpus within its accuracy budget',
  { ...requirement('ASK-02', 'ASK-07'), ...needs('ask', 'documents', 'ask.refusals'), tag: ['@slow', '@model'] },
  async ({ ask, uploadAndWait, config }, testInfo) => {
    test.setTimeout(300_000);
    const documentNames = new Map<string, string>();
    await inParallel(2, corpus, async (document, index) => {
      const file = await corpusFile(document, index % 2 === 0 ? 'pdf' : 'text');
      documentNames.set(document.id, file.name);
      await uploadAndWait(file);
    });
    const results = await inParallel(4, [...corpusQuestions, ...elsewhereQuestions], async (question) => {
      // A refused question counts as a wrong answer, and must not end the run.
      const answer = await ask.question(question.question).then(
        ({ body }) => body,
        () => undefined,
      );
      return { question, answer, documentNames };
    });
    const report = askAccuracy(results, corpusKnownFailures);
    await testInfo.attach('accuracy', { body: report.markdown, contentType: 'text/markdown' });
    const failures = `[\n${report.failures.map((failure) => JSON.stringify(failure)).join(',\n')}\n]\n`;
    await testInfo.attach('known-failures.json', { body: failures, contentType: 'application/json' });
    testInfo.annotations.push({
      type: 'accuracy',
      description: `${(report.accuracy * 100).toFixed(1)} % of ${results.length} (${config.MODEL_ID})`,
    });
    expect(report.accuracy, report.markdown).toBeGreaterThanOrEqual(budgets['ask.accuracy']);
  },
);
