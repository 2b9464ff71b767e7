import { expect, test } from '@playwright/test';
import { random } from '../../../../fixtures/faults/links/random.ts';
import { corrupt, limit_data, reset_peer, slicer, type Toxic } from '../../../../fixtures/faults/links/toxics.ts';
import { behindLink, connectTo, echo } from './linked-servers.ts';

/** Opens `connections` connections one after the other, and returns which of them a toxic reset. */
async function resetConnections(toxicity: number, seed: number, connections: number): Promise<boolean[]> {
  await using behind = await behindLink(echo, { seed });
  const id = await behind.link.add(reset_peer({ toxicity, at: { byte: 1 } }));
  const ends: boolean[] = [];
  for (let n = 0; n < connections; n++) {
    await using client = await connectTo(behind.link.port);
    await client.ask('x');
    ends.push(client.text() !== 'x');
  }
  expect(behind.link.hits(id).connections).toBe(ends.filter(Boolean).length);
  return ends;
}

/** The bytes that arrive through a toxic when the same bytes are sent in pieces of this size. */
async function received(toxic: Toxic, seed: number, size: number): Promise<string> {
  await using behind = await behindLink(echo, { seed });
  await using client = await connectTo(behind.link.port);
  await behind.link.add(toxic);
  const sent = Buffer.alloc(3_000, 'x');
  for (let at = 0; at < sent.length; at += size) await client.ask(sent.subarray(at, at + size));
  return client.text();
}

test('a toxic of toxicity 0 touches no connection, and one of toxicity 1 touches all', async () => {
  expect(await resetConnections(0, 7, 20)).toEqual(Array(20).fill(false));
  expect(await resetConnections(1, 7, 20)).toEqual(Array(20).fill(true));
});

test('a toxic of toxicity 0.5 touches about half of the connections, and the seed decides which', async () => {
  const first = await resetConnections(0.5, 7, 60);
  // Of 60 fair draws, fewer than 15 or more than 45 occur with one seed in 20,000.
  expect(first.filter(Boolean).length).toBeGreaterThan(15);
  expect(first.filter(Boolean).length).toBeLessThan(45);
  expect(await resetConnections(0.5, 7, 60)).toEqual(first);
  expect(await resetConnections(0.5, 8, 60)).not.toEqual(first);
});

test('over 10,000 draws a toxicity of 0.1, 0.5 or 0.9 is met within 2 %', () => {
  for (const rate of [0.1, 0.5, 0.9]) {
    const hits = Array.from({ length: 10_000 }, (_, n) => random(7, 'link', 0, n, 'toxicity')() < rate).filter(Boolean);
    expect(Math.abs(hits.length / 10_000 - rate)).toBeLessThan(0.02);
  }
});

test('the seed decides which bytes are corrupted, independently of how they are cut', async () => {
  const first = await received(corrupt({ rate: 0.01 }), 7, 3_000);
  expect(first).not.toBe('x'.repeat(3_000));
  for (const size of [1_000, 171]) expect(await received(corrupt({ rate: 0.01 }), 7, size)).toBe(first);
  expect(await received(corrupt({ rate: 0.01 }), 8, 3_000)).not.toBe(first);
});

test('a healed link corrupts the same bytes again as a new link', async () => {
  await using behind = await behindLink(echo, { seed: 7 });
  const run = async () => {
    await using client = await connectTo(behind.link.port);
    await behind.link.add(corrupt({ rate: 0.05 }));
    await client.ask(Buffer.alloc(500, 'x'));
    await behind.link.heal();
    return client.text();
  };
  const first = await run();
  expect(await run()).toBe(first);
});

test('two toxics of one link, and two connections of one toxic, use different random numbers', async () => {
  await using behind = await behindLink(echo, { seed: 7 });
  const texts = new Set<string>();
  for (let n = 0; n < 2; n++) {
    const id = await behind.link.add(corrupt({ rate: 0.05 }));
    for (let m = 0; m < 2; m++) {
      await using client = await connectTo(behind.link.port);
      await client.ask(Buffer.alloc(500, 'x'));
      texts.add(client.text());
    }
    await behind.link.remove(id);
  }
  expect(texts.size).toBe(4);
});

test('the toxics slicer and limit_data lose no byte below their limit', async () => {
  const whole = 'x'.repeat(3_000);
  expect(await received(slicer({ average_size: 100, size_variation: 99 }), 7, 3_000)).toBe(whole);
  expect(await received(limit_data({ bytes: 4_000 }), 7, 300)).toBe(whole);
});
