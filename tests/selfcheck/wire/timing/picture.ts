import { style } from '../../../../fixtures/evidence/charts/palette.ts';
import { escapeXml, px } from '../../../../fixtures/evidence/charts/svg.ts';
import { LIMIT_MS } from './verdict.ts';

export interface Curve {
  readonly name: string;
  readonly style: 'recorded' | 'bare';
  readonly colour: 'a' | 'b';
  /** Milliseconds. */
  readonly values: readonly number[];
}

const plot = { left: 70, right: 760, top: 54, bottom: 300 };
const SMALLEST = 0.01;
const LARGEST = 100;
const percentiles = [0, 0.5, 0.9, 0.99, 0.999];

const curveStyle = `
.curve{fill:none;stroke-width:2} .bare{stroke-dasharray:3 4;stroke-width:1.5} .limit{stroke:#c2352b;stroke-dasharray:6 4}
.a{stroke:#4a86e8} .b{stroke:#e69138}`;

/** Errors by percentile. Both axes are logarithmic, so that the tail, which the limit is about, fills half the picture. */
export function errorPicture(title: string, curves: readonly Curve[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="1000" height="336" viewBox="0 0 1000 336" role="img">
<title>${escapeXml(title)}</title><style>${style}${curveStyle}</style>
<rect class="panel" x=".5" y=".5" width="999" height="335" rx="6"/>
<text class="title" x="16" y="25">${escapeXml(title)}</text>
${percentiles.map(column).join('')}
${[0.01, 0.1, 1, 10, 100].map(row).join('')}
<line class="limit" x1="${plot.left}" x2="${plot.right}" y1="${px(y(LIMIT_MS))}" y2="${px(y(LIMIT_MS))}"/>
<text class="small bad" x="${plot.left + 6}" y="${px(y(LIMIT_MS) - 5)}">limit ${LIMIT_MS} ms</text>
${curves.map(draw).join('\n')}
${curves.map(key).join('\n')}
</svg>`;
}

const x = (share: number): number =>
  plot.left + (Math.min(3, -Math.log10(Math.max(0.001, 1 - share))) / 3) * (plot.right - plot.left);

const y = (ms: number): number => {
  const bounded = Math.min(LARGEST, Math.max(SMALLEST, ms));
  return plot.bottom - (Math.log10(bounded / SMALLEST) / Math.log10(LARGEST / SMALLEST)) * (plot.bottom - plot.top);
};

const column = (share: number): string =>
  `<line class="grid" x1="${px(x(share))}" x2="${px(x(share))}" y1="${plot.top}" y2="${plot.bottom}"/><text class="small soft mid" x="${px(x(share))}" y="${plot.bottom + 16}">p${Number((share * 100).toFixed(1))}</text>`;

const row = (ms: number): string =>
  `<line class="grid" x1="${plot.left}" x2="${plot.right}" y1="${px(y(ms))}" y2="${px(y(ms))}"/><text class="small soft end" x="${plot.left - 8}" y="${px(y(ms) + 4)}">${ms} ms</text>`;

function draw({ values, style: line, colour }: Curve): string {
  const sorted = values.toSorted((a, b) => a - b);
  const points = sorted.map((value, i) => `${Math.round(x(i / sorted.length))},${Math.round(y(value))}`);
  return `<polyline class="curve ${line} ${colour}" points="${[...new Set(points)].join(' ')}"/>`;
}

const key = ({ name, style: line, colour, values }: Curve, i: number): string =>
  `<line class="curve ${line} ${colour}" x1="784" x2="808" y1="${70 + i * 20}" y2="${70 + i * 20}"/><text class="small" x="816" y="${74 + i * 20}">${escapeXml(name)}, n = ${values.length}</text>`;
