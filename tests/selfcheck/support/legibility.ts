import type { Page } from '@playwright/test';

/** What must stand out: a selector, and the least contrast (WCAG) of its fill against what is under it. */
export interface Legible {
  readonly selector: string;
  readonly least: number;
  /** Classes, as a pattern, of a rectangle just before it that is under it; else that is the panel. */
  readonly on?: string;
}

/** The contrast of every element that the rules meet, with what it is in words. */
export const contrastsOf = (page: Page, rules: readonly Legible[]) => page.evaluate(measureContrasts, rules);

/** Every text, and where it stands, in pixels: from the left of its picture, and from the top of the page. */
export const textsOf = (page: Page) => page.evaluate(measureTexts);

/** The pairs of texts that stand on each other. A line's box is higher than its letters, by `slack` pixels at each end. */
export const overlapping = (texts: Awaited<ReturnType<typeof textsOf>>, slack: number): string[] =>
  texts.flatMap((a, i) =>
    texts
      .slice(i + 1)
      .filter((b) => a.left < b.right && b.left < a.right)
      .filter((b) => a.top + slack < b.bottom - slack && b.top + slack < a.bottom - slack)
      .map((b) => `"${a.text}" and "${b.text}"`),
  );

// Both run in the page, which knows nothing of this module: each brings all that it needs along.

function measureContrasts(rules: readonly Legible[]) {
  interface Drawn {
    textContent: string;
    tagName: string;
    previousElementSibling: Drawn | null;
    getAttribute(name: string): string;
  }
  interface Here {
    document: { querySelectorAll(selector: string): Iterable<Drawn> };
    getComputedStyle(element: Drawn): { fill: string };
  }
  const { document, getComputedStyle } = globalThis as unknown as Here;
  const all = (selector: string): Drawn[] => [...document.querySelectorAll(selector)];
  const luminance = (element: Drawn | undefined): number => {
    const [r = 0, g = 0, b = 0] = ((element && getComputedStyle(element).fill.match(/[\d.]+/g)) ?? [])
      .slice(0, 3)
      .map((part) => Number(part) / 255)
      .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [panel] = all('.panel');
  const under = (element: Drawn, on: string | undefined): Drawn | undefined => {
    const before = element.previousElementSibling;
    return on && before?.tagName === 'rect' && new RegExp(on).test(before.getAttribute('class')) ? before : panel;
  };
  return rules.flatMap(({ selector, least, on }) =>
    all(selector).map((element) => {
      const [dark = 0, light = 0] = [luminance(element), luminance(under(element, on))].sort((a, b) => a - b);
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
