import fs from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { bundledModels } from '../../../seed/model/index.ts';
import { randomise } from '../../../seed/model/randomise.ts';
import { outcomes, runProject } from '../../selfcheck/support/inline-run.ts';

test(
  'the journeys fail with random weights in place of the bundled model',
  requirement('STACK-01'),
  async ({}, testInfo) => {
    test.setTimeout(180_000);
    const [model] = bundledModels;
    if (!model) throw new Error('There is no bundled model.');
    const random = testInfo.outputPath('random.gguf');
    await fs.writeFile(random, randomise(await fs.readFile(model.path)));

    const journeys = [
      '--project=journey',
      'text-to-sql',
      '--grep',
      'a first question is answered|aggregation.* (shop|clinic)-',
    ];
    const trained = await runProject(testInfo, journeys);
    expect(
      outcomes(trained).map(({ status }) => status),
      'the trained weights pass these',
    ).not.toContain('failed');
    expect(outcomes(trained).length).toBeGreaterThan(2);

    // Under the name of the trained model: it gets the same prompts, and differs in its weights alone.
    const untrained = await runProject(testInfo, journeys, { MODEL_PATH: random, MODEL_ID: model.id });
    expect(untrained.code).toBe(1);
    expect(outcomes(untrained).map(({ status }) => status)).toEqual(outcomes(trained).map(() => 'failed'));
  },
);
