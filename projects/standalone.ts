import path from 'node:path';
import { definePlumbline } from './define.ts';

/** What `plumbline test` runs in a folder without a Playwright configuration: Plumbline's suites; reports land there. */
export default definePlumbline({
  outputDir: path.resolve('test-results'),
  reporter: [['list'], ['html', { open: 'never', outputFolder: path.resolve('playwright-report') }]],
});
