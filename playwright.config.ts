import { definePlumbline } from './projects/define.ts';
import { selfcheck, servers } from './projects/selfcheck.ts';

export default definePlumbline({ projects: [servers, selfcheck], failOnFlakyTests: true });
