import type { Page } from '@playwright/test';

/** What must stand out: a selector, and the least contrast (WCAG) of its ink against what is under it. */
export interface Legible {
  readonly selector: string;
  readonly least: number;
  /** Classes, as a pattern, of a rectangle just before it that is under it; else that is its picture's panel, or what the page has there. */
  readonly on?: string;
}

/** The contrast of every element that the rules meet, with what it is in words. */
export const contrastsOf = (page: Page, rules: readonly Legible[]) => page.evaluate(measureContrasts, rules);

/** Every text, and where it stands, in pixels: from the left of its picture, and from the top of the page. */
export const textsOf = (page: Page) => page.evaluate(measureTexts);

/** Every line of text of a page and of its pictures, and where it stands on the page, in pixels. */
export const linesOf = (page: Page) => page.evaluate(measureLines);

/** The pairs of texts that stand on each other. A line's box is higher than its letters, by `slack` pixels at each end. */
export const overlapping = (
  texts: readonly { text: string; left: number; right: number; top: number; bottom: number }[],
  slack: number,
): string[] =>
  texts.flatMap((a, i) =>
    texts
      .slice(i + 1)
      .filter((b) => a.left < b.right && b.left < a.right)
      .filter((b) => a.top + slack < b.bottom - slack && b.top + slack < a.bottom - slack)
      .map((b) => `"${a.text}" and "${b.text}"`),
  );

// These run in the page, which knows nothing of this module: each brings all that it needs along.

function measureContrasts(rules: readonly Legible[]) {
  interface Drawn {
    textContent: string;
    tagName: string;
    previousElementSibling: Drawn | null;
    parentElement: Drawn | null;
    namespaceURI: string;
    getAttribute(name: string): string;
    closest(selector: string): { querySelector(selector: string): Drawn | null } | null;
  }
  interface Here {
    document: { querySelectorAll(selector: string): Iterable<Drawn> };
    getComputedStyle(element: Drawn): { fill: string; stroke: string; color: string; backgroundColor: string };
  }
  const { document, getComputedStyle } = globalThis as unknown as Here;
  const all = (selector: string): Drawn[] => [...document.querySelectorAll(selector)];
  const luminance = (colour: string): number => {
    const [r = 0, g = 0, b = 0] = (colour.match(/[\d.]+/g) ?? [])
      .slice(0, 3)
      .map((part) => Number(part) / 255)
      .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ink = (element: Drawn): string => {
    const { fill, stroke, color } = getComputedStyle(element);
    if (!element.namespaceURI.endsWith('svg')) return color;
    return fill === 'none' ? stroke : fill;
  };
  const behind = (element: Drawn | null): string => {
    if (!element) return 'rgb(255, 255, 255)';
    const { backgroundColor } = getComputedStyle(element);
    return /^rgba\(.*, 0\)$/.test(backgroundColor) ? behind(element.parentElement) : backgroundColor;
  };
  const under = (element: Drawn, on: string | undefined): string => {
    const before = element.previousElementSibling;
    if (on && before?.tagName === 'rect' && new RegExp(on).test(before.getAttribute('class'))) return ink(before);
    const panel = element.closest('svg')?.querySelector('.panel');
    return panel ? ink(panel) : behind(element);
  };
  return rules.flatMap(({ selector, least, on }) =>
    all(selector).map((element) => {
      const [dark = 0, light = 0] = [luminance(ink(element)), luminance(under(element, on))].sort((a, b) => a - b);
      const what = `${element.tagName}.${element.getAttribute('class')} "${element.textContent}"`;
      return { what, ratio: (light + 0.05) / (dark + 0.05), least };
    }),
  );
}

function measureTexts() {
  interface Drawn {
    textContent: string;
    getBoundingClientRect(): { left: number; right: number; top: number; bottom: number };
    closest(selector: string): Drawn;
  }
  interface Here {
    document: { querySelectorAll(selector: string): Iterable<Drawn> };
  }
  const { document } = globalThis as unknown as Here;
  return [...document.querySelectorAll('text')].map((element) => {
    const { left: x } = element.closest('svg').getBoundingClientRect();
    const { left, right, top, bottom } = element.getBoundingClientRect();
    return { text: element.textContent, left: left - x, right: right - x, top, bottom };
  });
}

function measureLines() {
  interface Box {
    left: number;
    right: number;
    top: number;
    bottom: number;
  }
  interface Range {
    selectNodeContents(node: Node): void;
    getClientRects(): Iterable<Box>;
  }
  interface Node {
    textContent: string;
    parentElement: { closest(selector: string): { getBoundingClientRect(): Box } | null };
  }
  interface Here {
    document: {
      body: object;
      createTreeWalker(root: object, what: number): { nextNode(): Node | null };
      createRange(): Range;
    };
    scrollX: number;
    scrollY: number;
  }
  const { document, scrollX, scrollY } = globalThis as unknown as Here;
  const SHOW_TEXT = 4;
  const walker = document.createTreeWalker(document.body, SHOW_TEXT);
  const lines: { text: string; left: number; right: number; top: number; bottom: number; within: Box | null }[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const hidden = node.parentElement.closest('title, desc, style, .skip');
    if (hidden || node.textContent.trim() === '') continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const { left, right, top, bottom } of range.getClientRects())
      lines.push({
        text: node.textContent,
        left: left + scrollX,
        right: right + scrollX,
        top: top + scrollY,
        bottom: bottom + scrollY,
        within: node.parentElement.closest('svg')?.getBoundingClientRect() ?? null,
      });
  }
  return lines;
}
