import { expect, type FullConfig, test } from '@playwright/test';
import { isNeeded, needsStack } from '../../../fixtures/stack/ahead.ts';

const project = (name: string, metadata = {}) => ({ name, metadata }) as FullConfig['projects'][number];
const suite = project('journey', { [needsStack]: true });
const other = project('selfcheck');

for (const { when, projects, args, ahead } of [
  { when: 'all projects of a configuration with a suite run', projects: [suite, other], args: ['test'], ahead: true },
  { when: 'a suite is named', projects: [suite, other], args: ['test', '--project=journey'], ahead: true },
  { when: 'a suite is named after a blank', projects: [suite, other], args: ['--project', 'journey'], ahead: true },
  { when: 'another project is named', projects: [suite, other], args: ['--project=selfcheck'], ahead: false },
  { when: 'there is no suite', projects: [other], args: ['test'], ahead: false },
])
  test(`when ${when}, the stack ${ahead ? 'boots' : 'does not boot'} while the specs are loaded`, () => {
    expect(isNeeded({ projects }, args)).toBe(ahead);
  });
