/**
 * The embedded server beside llama.cpp's own, on the same file, threads, slots, context and prompt, in one run:
 *
 *   LLAMA_SERVER_BIN=path/to/llama-server node tools/bench/model/compare.ts --model FILE [--rounds 7]
 *
 * Rounds alternate between the two, so that a busy machine slows both; the ratio of each round is theirs over ours,
 * and its median is what counts. Exits with 1 when a median exceeds --limit (1.25).
 */
import { parseArgs } from 'node:util';
import { median } from '../../../fixtures/wire/latency/percentile.ts';
import { load, type Run } from './load.ts';
import { ours, type Server, theirs } from './servers.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'seed/model/plumbline-tiny.gguf' },
    rounds: { type: 'string', default: '7' },
    tokens: { type: 'string', default: '200' },
    threads: { type: 'string', default: '1' },
    limit: { type: 'string', default: '1.25' },
  },
});

type Round = Run & { cpuMs: number };
type Pair = { us: Round; them: Round };

const slots = 8;
const prompt =
  'Write one PostgreSQL query that answers the question.\ncustomers(id int, name text, email text, country text, city text)\n' +
  'orders(id int, customer_id int -> customers, status text, total numeric)\nHow many orders did each customer place?\n';
// llama-server would otherwise keep the prompt of the round before, and stop at an end-of-text token.
const body = {
  model: 'm',
  prompt,
  temperature: 0,
  seed: 1,
  max_tokens: Number(values.tokens),
  cache_prompt: false,
  ignore_eos: true,
};

const binary = process.env['LLAMA_SERVER_BIN'];
if (!binary) throw new Error('Set LLAMA_SERVER_BIN to a llama-server binary to compare with.');

const shape = { model: values.model, threads: Number(values.threads), slots, context: 1024 };
const cases = [
  { name: 'single stream', concurrency: 1, requests: 4 },
  { name: '8 concurrent', concurrency: 8, requests: 16 },
] as const;

const us = await ours(shape);
const them = await theirs(binary, shape);
try {
  const round = async (server: Server, { concurrency, requests }: (typeof cases)[number]): Promise<Round> => {
    const before = server.cpuMs();
    const run = await load(server.url, concurrency, requests, body);
    return { ...run, cpuMs: server.cpuMs() - before };
  };
  let ok = true;
  for (const each of cases) {
    await round(us, each);
    await round(them, each);
    const pairs: Pair[] = [];
    for (let i = 0; i < Number(values.rounds); i++) {
      const [first, second] = i % 2 === 0 ? [us, them] : [them, us];
      const [a, b] = [await round(first, each), await round(second, each)];
      pairs.push(first === us ? { us: a, them: b } : { us: b, them: a });
    }
    ok = report(each.name, pairs) && ok;
  }
  process.exitCode = ok ? 0 : 1;
} finally {
  await Promise.all([us.stop(), them.stop()]);
}

/**
 * Characters until the texts part. They do, at the latest in what a model says beyond its end of text: any token is as
 * likely there as another, and two builds of llama.cpp, or two sizes of batch, do not round alike.
 */
function agree({ us, them }: Pair): number {
  let at = 0;
  while (at < us.text.length && us.text[at] === them.text[at]) at++;
  return at;
}

function report(name: string, pairs: readonly Pair[]): boolean {
  const ratios = pairs.map(({ us, them }) => them.tokensPerSecond / us.tokensPerSecond);
  const of = (pick: (pair: Pair) => number): string => median(pairs.map(pick)).toFixed(1);
  const total = (pick: (pair: Pair) => number): number => pairs.reduce((sum, pair) => sum + pick(pair), 0);
  const ratio = median(ratios);
  console.log(
    `${name}: ratio ${ratio.toFixed(2)} (llama-server ÷ plumbline; rounds ${ratios.map((r) => r.toFixed(2)).join(' ')})`,
  );
  console.log(
    `  tokens/s  plumbline ${of((p) => p.us.tokensPerSecond)}  llama-server ${of((p) => p.them.tokensPerSecond)}`,
  );
  console.log(`  TTFT ms   plumbline ${of((p) => p.us.firstTokenMs)}  llama-server ${of((p) => p.them.firstTokenMs)}`);
  console.log(
    `  tokens    plumbline ${of((p) => p.us.tokens)}  llama-server ${of((p) => p.them.tokens)}; texts agree for ${Math.min(...pairs.map(agree))} of ${Math.min(...pairs.map(({ us }) => us.text.length))} characters`,
  );
  const [ourCpu, theirCpu] = [
    total((p) => p.us.cpuMs) / total((p) => p.us.tokens),
    total((p) => p.them.cpuMs) / total((p) => p.them.tokens),
  ];
  console.log(
    `  processor ms/token  plumbline ${ourCpu.toFixed(2)}  llama-server ${theirCpu.toFixed(2)}  ratio ${(ourCpu / theirCpu).toFixed(2)} (hardly moved by what else the machine does)`,
  );
  return ratio <= Number(values.limit);
}
