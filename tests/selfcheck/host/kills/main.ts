// Kills processes of runs at random moments, and says what was left and what did not end.
// Usage: node main.ts [--count 20] [--minutes 9] [--seed 1] [--kinds runner,worker,host,child] [--program redis]
//   [--interrupt 5000]: SIGINT for the runner within so many milliseconds of the kill
//   [--from 0.5]: no kill before half of what an undisturbed run takes
//   [--projects bare,cached,journey]: `bare` has nothing but the stack host, `cached` a cache server beside it
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Outcome, type Plan, playRound } from './round.ts';
import { type ProjectName, projectNames, projects, startRun } from './runs.ts';
import { table } from './table.ts';
import { type Kind, kinds } from './victims.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '20' },
    minutes: { type: 'string', default: '9' },
    seed: { type: 'string', default: '1' },
    kinds: { type: 'string', default: kinds.join(',') },
    signals: { type: 'string', default: 'SIGKILL,SIGTERM,SIGINT,SIGSTOP' },
    projects: { type: 'string', default: Object.keys(projects).join(',') },
    program: { type: 'string' },
    from: { type: 'string', default: '0' },
    parallel: { type: 'string', default: '1' },
    interrupt: { type: 'string' },
    out: { type: 'string' },
  },
});

const random = generator(Number(values.seed));
const draw = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
const workspace = fs.mkdtempSync(path.join(os.tmpdir(), 'pk-'));
fs.chmodSync(workspace, 0o711);
const until = performance.now() + Number(values.minutes) * 60_000;

/** Between which moments a signal is sent, as shares of a run that nobody disturbs. */
const [from, to] = [Number(values.from), 0.95];
const wantedKinds = values.kinds.split(',') as Kind[];
const wantedSignals = values.signals.split(',') as Plan['signal'][];
const wantedProjects = values.projects.split(',') as ProjectName[];
const unknown = wantedProjects.filter((name) => !projectNames.includes(name));
if (unknown.length > 0)
  throw new Error(`No project is called ${unknown.join(', ')}. Known: ${projectNames.join(', ')}.`);
/** How long each project's run takes when nobody disturbs it. */
const lasts = new Map<ProjectName, number>();
async function lengthOf(project: ProjectName): Promise<number> {
  const known = lasts.get(project);
  if (known) return known;
  const began = performance.now();
  const run = startRun(project, workspace);
  await run.ended;
  if (run.end()?.code !== 0) throw new Error(`An undisturbed run of ${project} is not green:\n${run.output()}`);
  const ms = performance.now() - began;
  process.stderr.write(`${project} undisturbed: ${Math.round(ms)} ms\n`);
  lasts.set(project, ms);
  return ms;
}

// Before several run at once: they share its moments, and what is compiled and cached by then.
for (const project of wantedProjects) await lengthOf(project);

const outcomes: Outcome[] = [];
let drawn = 0;
async function rounds(): Promise<void> {
  while (drawn < Number(values.count) && performance.now() < until) {
    const project = wantedProjects[drawn++ % wantedProjects.length] as ProjectName;
    const plan: Plan = {
      project,
      kind: draw(wantedKinds),
      signal: draw(wantedSignals),
      atMs: (from + random() * (to - from)) * (await lengthOf(project)),
      which: random(),
      ...(values.program ? { program: values.program } : {}),
      ...(values.interrupt ? { interruptMs: random() * Number(values.interrupt) } : {}),
    };
    const outcome = await playRound(plan, workspace);
    // The run was over before its moment came.
    if (outcome.victim === undefined) drawn--;
    else tell(outcome);
  }
}

function tell(outcome: Outcome): void {
  outcomes.push(outcome);
  const { project, kind, signal, victim, atMs, endMs, end, interrupted, hung, left } = outcome;
  process.stderr.write(
    `${outcomes.length} ${project} ${kind} ${signal} ${victim} at ${Math.round(atMs)} ms: ${end} after ${Math.round(endMs)} ms` +
      `${interrupted ? ', on SIGINT' : ''}${hung ? ', HUNG' : ''}${left.length ? `, LEFT ${left.join('; ')}` : ''}\n`,
  );
  if (values.out) fs.appendFileSync(values.out, `${JSON.stringify(outcome)}\n`);
}

await Promise.all(Array.from({ length: Number(values.parallel) }, rounds));
process.stdout.write(`${table(outcomes)}\n`);
const bad = outcomes.filter(({ hung, left }) => hung || left.length > 0);
if (bad.length === 0) fs.rmSync(workspace, { recursive: true, force: true });
process.exitCode = bad.length > 0 ? 1 : 0;

/** Mulberry32: the same kills for the same seed, as far as runs are alike. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
