import { expect, test } from '@playwright/test';
import { parse } from 'yaml';
import { projectOf } from '../../../../servers/compose/project.ts';

const order = { files: ['compose.yaml'], service: 'api', beside: ['worker'], graceMs: 1_500 };
const file = `
services:
  api: { image: a, ports: ["80:80"], container_name: api, restart: always, depends_on: { db: {} }, environment: [PORT=1, DSN=old] }
  worker: { image: b, environment: { MODE: x }, labels: { team: t } }
  db: { image: c }
volumes: { state: { name: fixed }, shared: { external: true, name: theirs } }
networks: { inner: {} }
`;

test('of a Compose file only the named services run, in the network of this machine and with what is injected', () => {
  const { services, volumes, networks } = parse(
    projectOf(file, order, { DSN: 'pa$$word', PLUMBLINE_INJECTED: 'DSN' }, 'run1'),
  );
  const common = { network_mode: 'host', stop_grace_period: '2s' };
  const label = { 'org.plumbline.run': 'run1' };
  expect(services).toEqual({
    api: { image: 'a', ...common, environment: { PORT: '1', DSN: 'pa$$$$word' }, labels: label },
    worker: { image: 'b', ...common, environment: { MODE: 'x', DSN: 'pa$$$$word' }, labels: { team: 't', ...label } },
  });
  expect(volumes).toEqual({ state: { labels: label }, shared: { external: true, name: 'theirs' } });
  expect(networks).toBeUndefined();
});

test('a service that the Compose file does not have is refused with the nearest that it has', () => {
  expect(() => projectOf(file, { ...order, beside: ['wroker'] }, {}, 'run1')).toThrow(
    'The Compose file has no service wroker. Did you mean worker? Correct start.compose.',
  );
});
