import type { Page } from '@playwright/test';

interface Tick {
  readonly text: string;
  readonly at: number;
}

/** A chart as it is drawn, in its own pixels. */
export interface Drawn {
  readonly x: readonly Tick[];
  readonly y: readonly Tick[];
  readonly marks: readonly { readonly name: string; readonly x: number; readonly y: number }[];
  readonly bars: readonly { readonly count: number; readonly height: number }[];
  readonly guides: readonly { readonly name: string; readonly x: number }[];
  readonly lines: Readonly<Record<string, string>>;
  readonly columns: number;
}

/** Reads a chart of the page back: the labels of its axes, and where its marks are. */
export const drawn = (page: Page, id: string): Promise<Drawn> => page.evaluate(read, id);

/** Turns pixels back into values, by the labels of an axis. */
export function inverse(ticks: readonly Tick[], kind: 'log' | 'linear'): (at: number) => number {
  const [a, b] = [ticks[0], ticks.at(-1)];
  if (!a || !b || a === b)
    throw new Error(`An axis needs at least two labels to be read back, but has ${ticks.length}.`);
  const [va, vb] = [labelled(a.text), labelled(b.text)];
  return (at) => {
    const part = (at - a.at) / (b.at - a.at);
    return kind === 'log' ? va * (vb / va) ** part : va + (vb - va) * part;
  };
}

/** `1.5 s` is 1500 (milliseconds), `6 %` is 0.06, `20` is 20. */
function labelled(text: string): number {
  const [, figure, unit = ''] = /^([\d.,]+) ?(ms|s|%|)$/.exec(text) ?? [];
  return Number(figure?.replaceAll(',', '')) * ({ s: 1000, '%': 0.01 }[unit] ?? 1);
}

/** The height of a stepped line at an x: `M x y H x V y …`. */
export function heightAt(path: string, x: number): number {
  const numbers = [...path.matchAll(/([MHV])([\d.]+)(?: ([\d.]+))?/g)];
  let y = Number.NaN;
  for (const [, command, first, second] of numbers) {
    if (command === 'M') y = Number(second);
    if (command === 'V') y = Number(first);
    // The value just before the step: a percentile is the value up to its share.
    if (command === 'H' && Number(first) >= x - 0.06) return y;
  }
  return y;
}

// Runs in the page, which cannot see this module.
function read(id: string): Drawn {
  interface Shape {
    textContent: string;
    getAttribute(name: string): string | null;
    querySelector(selector: string): Shape;
    querySelectorAll(selector: string): Iterable<Shape>;
  }
  const { document } = globalThis as unknown as { document: { getElementById(id: string): Shape } };
  const chart = document.getElementById(id);
  const all = (selector: string): Shape[] => [...chart.querySelectorAll(selector)];
  const number = (shape: Shape, name: string): number => Number(shape.getAttribute(name));
  const ticks = (axis: 'x' | 'y') =>
    all(`.axis.${axis} .tick`).map((tick, i) => ({
      text: tick.textContent,
      at: number(all(`.axis.${axis} .grid`)[i] as Shape, `${axis}1`),
    }));
  return {
    x: ticks('x'),
    y: ticks('y'),
    marks: all('.mark').flatMap((mark) =>
      [...mark.querySelectorAll('circle')].map((circle) => ({
        name: `${mark.getAttribute('class')?.split(' ')[1]} ${mark.getAttribute('data-percentile') ?? ''}`.trim(),
        x: number(circle, 'cx'),
        y: number(circle, 'cy'),
      })),
    ),
    bars: all('.bars rect').map((bar) => ({ count: number(bar, 'data-count'), height: number(bar, 'height') })),
    guides: all('.percentile').map((guide) => ({
      name: String(guide.getAttribute('data-percentile')),
      x: Number(/^M([\d.]+)/.exec(guide.querySelector('path').getAttribute('d') ?? '')?.[1]),
    })),
    lines: Object.fromEntries(
      all('path.line')
        .filter((line) => line.getAttribute('class') !== 'line s-budget')
        .map((line) => [String(line.getAttribute('class')).split(' ')[1], String(line.getAttribute('d'))]),
    ),
    columns: all('.rate rect.s-rate').length,
  };
}
