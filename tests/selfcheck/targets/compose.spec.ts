import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { composeCommand } from '../../../fixtures/stack/docker/compose-command.ts';
import { dockerRuntime } from '../../../fixtures/stack/docker/runtime.ts';
import { runLabel } from '../../../fixtures/stack/docker/sweep.ts';
import { skipUnavailable } from '../../../fixtures/stack/optional/skip.ts';
import { outcomes, runProject } from '../support/inline-run.ts';
import { copyTarget } from '../support/own-target.ts';
import { dockerAnswers, importImage } from '../support/test-image.ts';

const modules = fileURLToPath(new URL('../../../node_modules', import.meta.url));
const image = 'plumbline-test-sales:1';

/** As a team has it: fixed names and ports, a database of its own that this run must not start, and a second container. */
const composeFile = (folder: string) => `
services:
  api:
    image: ${image}
    container_name: sales-api
    restart: always
    command: [${process.execPath}, server.mjs]
    working_dir: ${folder}
    volumes: ["${folder}:${folder}", "${modules}:${modules}:ro", "state:/state"]
    environment:
      PORT: "8080"
      SALES_DSN: postgres://db:5432/sales
    ports: ["127.0.0.1:18080:8080"]
    depends_on: [db]
    networks: [inner]
  worker:
    image: ${image}
    command: [${process.execPath}, -e, "console.log('worker sees', process.env.SALES_DSN.slice(0, 11)); setInterval(() => {}, 1000)"]
  db:
    image: no-such-image:1
networks: { inner: {} }
volumes: { state: {} }
`;

const labelled = async () => {
  const { dockerode } = (await dockerRuntime()).container;
  const filters = { label: [runLabel] };
  const containers = await dockerode.listContainers({ all: true, filters });
  const { Volumes } = await dockerode.listVolumes({ filters: JSON.stringify(filters) });
  return [...containers.map(({ Names }) => Names.join()), ...(Volumes ?? []).map(({ Name }) => Name)];
};

test(
  'a service of a Compose file is started in a container for each worker, asked and disturbed, and leaves nothing behind',
  requirement('OWN-10'),
  async ({}, testInfo) => {
    test.setTimeout(240_000);
    if (!(await dockerAnswers())) skipUnavailable(testInfo, 'docker', 'no Docker daemon answers');
    if (!composeCommand())
      skipUnavailable(testInfo, 'docker compose', 'neither `docker compose` nor docker-compose is here');
    await using removed = new AsyncDisposableStack();
    removed.defer(
      await importImage({ name: image, programs: [process.execPath], changes: ['ENV A=b'] }, testInfo.outputPath()),
    );
    const description = copyTarget(testInfo, 'text-to-sql', [
      ['plumbline.target.ts', "command: 'node server.mjs'", "compose: { service: 'api', beside: ['worker'] }"],
    ]);
    fs.writeFileSync(path.join(path.dirname(description), 'compose.yaml'), composeFile(path.dirname(description)));
    const before = await labelled();
    const args = [
      '--project=journey',
      '--project=resilience',
      '--workers=2',
      'own-questions',
      'resilience/dependencies',
    ];
    const run = await runProject(testInfo, args, { TARGET_PROFILE: description });
    const passed = outcomes(run).flatMap(({ status, title }) => (status === 'passed' ? [title] : []));
    expect(
      outcomes(run).filter(({ status }) => status === 'failed'),
      run.stderr,
    ).toEqual([]);
    expect(passed.filter((title) => title.startsWith('question '))).toHaveLength(6);
    expect(passed.filter((title) => title.startsWith('while postgres '))).toHaveLength(4);
    expect(await labelled(), 'containers and volumes that are left').toEqual(before);
    expect(run.code).toBe(0);
  },
);
