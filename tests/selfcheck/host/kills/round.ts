import { setTimeout as delay } from 'node:timers/promises';
import { ownedBy, pidsOf, runDirOf } from '../../support/ledger.ts';
import { leftOf } from './left.ts';
import { type ProjectName, type Run, startRun } from './runs.ts';
import { type Kind, victimsOf } from './victims.ts';

export interface Plan {
  project: ProjectName;
  kind: Kind;
  signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT' | 'SIGSTOP';
  /** Only of victims whose program has this in its name. */
  program?: string;
  /** From the start of the run, in milliseconds. */
  atMs: number;
  /** Which of several victims, from 0 to 1. */
  which: number;
  /** From the kill to a SIGINT for the runner, in milliseconds; without it, SIGINT comes only to a run that goes on too long. */
  interruptMs?: number;
}

export interface Outcome extends Plan {
  /** The program that got the signal; undefined where the run was over before. */
  victim: string | undefined;
  /** From the kill to the end of the run, in milliseconds. */
  endMs: number;
  end: string;
  /** Whether it took a SIGINT. */
  interrupted: boolean;
  /** It took a SIGKILL: what must not be. */
  hung: boolean;
  /** What was there ten seconds after the end. */
  left: string[];
  output: string;
  report: string | undefined;
}

const pollMs = 20;
/** A frozen runner can only be killed, and so it is, so long after. */
const frozenMs = 1_500;
/** A run whose child is frozen waits for it as long as its tests' limits say. */
const patienceMs = 25_000;
const interruptLimitMs = 60_000;
const leftWithinMs = 10_000;

/** Starts a run, sends the signal at its moment, and sees what comes of it. */
export async function playRound(plan: Plan, workspace: string): Promise<Outcome> {
  const run = startRun(plan.project, workspace);
  const began = performance.now();
  const seen: Seen = { runDir: undefined, pids: new Set() };
  const sinceStart = () => performance.now() - began;
  while (sinceStart() < plan.atMs && !run.end()) await look(run, seen);
  let victim: { pid: number; what: string } | undefined;
  while (!run.end() && !victim) {
    const found = victimsOf(plan.kind, run, plan.program);
    victim = found[Math.floor(plan.which * found.length)];
    if (!victim) await look(run, seen);
  }
  const killed = performance.now();
  if (victim) send(victim.pid, plan.signal);
  const since = () => performance.now() - killed;
  const until = async (ms: number) => {
    while (since() < ms && !run.end()) await look(run, seen);
    return run.end() !== undefined;
  };
  let interrupted = false;
  if (plan.kind === 'runner' && plan.signal === 'SIGSTOP') {
    await until(frozenMs);
    send(run.pid, 'SIGKILL');
  }
  if (!(await until(plan.interruptMs ?? patienceMs))) {
    interrupted = true;
    send(run.pid, 'SIGINT');
  }
  const hung = !(await until(since() + interruptLimitMs));
  const endMs = since();
  if (hung) {
    process.stderr.write(`did not end, and said last:\n${run.output().slice(-2_000)}\n`);
    send(-run.pid, 'SIGKILL');
  }
  await run.ended;
  const ended = performance.now();
  const left = () => leftOf(run, seen.runDir, [...seen.pids]);
  while (left().length > 0 && performance.now() - ended < leftWithinMs) await delay(100);
  const { code, signal } = run.end() ?? {};
  return {
    ...plan,
    victim: victim?.what,
    endMs,
    end: signal ?? `code ${code}`,
    interrupted,
    hung,
    left: left(),
    output: run.output(),
    report: run.report(),
  };
}

interface Seen {
  runDir: string | undefined;
  pids: Set<number>;
}

/** What the run has now: after its end nobody can tell what was its own. */
async function look(run: Run, seen: Seen): Promise<void> {
  seen.runDir ??= runDirOf(run.pid);
  if (seen.runDir)
    for (const pid of [...ownedBy(seen.runDir), ...(seen.pids.size ? [] : pidsOf(seen.runDir))]) seen.pids.add(pid);
  await delay(pollMs);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended between the look and the signal.
  }
}
