import { definePlumbline } from './projects/define.ts';
import { selfcheck } from './projects/selfcheck.ts';

export default definePlumbline({ projects: [selfcheck], failOnFlakyTests: true });
