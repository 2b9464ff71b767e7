import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { dockerRuntime } from '../../../fixtures/stack/docker/runtime.ts';
import { likelyGpus } from '../../../fixtures/stack/model/device.ts';
import { llamaPackage, postgresPackage } from '../../../fixtures/stack/npm-package.ts';
import { findOnPath } from '../../../fixtures/stack/on-path.ts';
import { findBrowser, type OptionalNeed, optionalNeeds } from '../../../fixtures/stack/optional/needs.ts';
import type { Absence } from '../../../fixtures/stack/provider.ts';
import { cacheFolder, nearestOf } from './cache-folder.ts';
import { absent, type Finding, lacking, there } from './finding.ts';

const run = promisify(execFile);
const smiMs = 5_000;

/** What is on this machine, whether a run uses it or not. */
export async function lookAtMachine(cacheDir: string): Promise<Finding[]> {
  const cache = cacheFolder(cacheDir);
  const [docker, gpu] = await Promise.all([dockerDaemon(), graphics()]);
  return [
    node(),
    there('cores', `${os.availableParallelism()} (${os.cpus()[0]?.model.trim() ?? 'unknown'})`),
    memory(),
    // A run that can keep nothing has what it makes in its own folder.
    room(cache.state === 'there' ? cacheDir : os.tmpdir()),
    cache,
    fromNpm('Postgres from npm', postgresPackage()),
    fromNpm('llama.cpp from npm', llamaPackage()),
    program('llama-server', ['llama-server']),
    program('cache server', ['valkey-server', 'redis-server']),
    program('mysql server', ['mariadbd']),
    docker,
    gpu,
    browser(),
  ];
}

function node(): Finding {
  return Number.parseInt(process.versions.node, 10) >= 24
    ? there('Node', `${process.versions.node} (${process.execPath})`)
    : lacking('Node', `${process.versions.node} is too old, 24 is needed`, 'npm install --save-dev node@24');
}

const gb = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GB`;

function memory(): Finding {
  const detail = `${gb(os.freemem())} free of ${gb(os.totalmem())}`;
  return os.totalmem() < 2 * 2 ** 30
    ? absent('memory', `${detail}; a run with all services takes about 2 GB`, 'npx playwright test --workers=1')
    : there('memory', detail);
}

function room(dir: string): Finding {
  const { bavail, bsize } = fs.statfsSync(nearestOf(dir));
  const detail = `${gb(bavail * bsize)} free for ${dir}`;
  return bavail * bsize < 2 ** 30
    ? lacking('disk', `${detail}; 1 GB is needed`, 'set PLUMBLINE_CACHE_DIR to a folder with room')
    : there('disk', detail);
}

function program(name: OptionalNeed, files: readonly string[]): Finding {
  const found = findOnPath(...files);
  return found ? there(name, found) : missing(name, `not on PATH: ${files.join(', ')}`);
}

function fromNpm(name: string, found: { version: string } | Absence): Finding {
  return 'version' in found ? there(name, found.version) : lacking(name, found.problem, found.remedy);
}

/** Something optional that is missing, with what is not verified without it and how to get it. */
function missing(need: OptionalNeed, detail: string, name: string = need): Finding {
  const { leaves, bring } = optionalNeeds[need];
  return absent(name, `${detail}; not verified without it: ${leaves}`, bring);
}

/** The daemon that a run would find: Testcontainers connects to it without the program `docker`. */
async function dockerDaemon(): Promise<Finding> {
  try {
    const { info } = await dockerRuntime();
    return there('Docker', `daemon ${info.containerRuntime.serverVersion}`);
  } catch {
    return missing('docker', findOnPath('docker') ? 'no daemon answers' : 'not installed', 'Docker');
  }
}

async function graphics(): Promise<Finding> {
  const kinds = likelyGpus();
  const [first] = kinds;
  if (!first) return missing('gpu', 'none: models compute on the CPU', 'GPU');
  const names = await run('nvidia-smi', ['--query-gpu=name,memory.total', '--format=csv,noheader'], {
    timeout: smiMs,
  }).then(
    ({ stdout }) => stdout.trim().split('\n').join('; '),
    () => kinds.join(', '),
  );
  return there('GPU', `${names} (MODEL_DEVICE=${first})`);
}

function browser(): Finding {
  const found = findBrowser();
  return found ? there('chromium', path.resolve(found)) : missing('browser', 'not found', 'chromium');
}
