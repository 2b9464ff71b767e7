import { plainLabel, xAxis, yAxis } from '../../../../fixtures/evidence/charts/axes.ts';
import { style } from '../../../../fixtures/evidence/charts/palette.ts';
import { logScale, percentileScale } from '../../../../fixtures/evidence/charts/scales.ts';
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
const x = percentileScale(1_000, [plot.left, plot.right]);
const y = logScale([SMALLEST, LARGEST], [plot.bottom, plot.top]);

const curveStyle = `
.curve{fill:none;stroke-width:2} .bare{stroke-dasharray:3 4;stroke-width:1.5} .limit{stroke:#c2352b;stroke-dasharray:6 4}
.a{stroke:#4a86e8} .b{stroke:#e69138}`;

/** Errors by percentile. Both axes are logarithmic, so that the tail, which the limit is about, fills half the picture. */
export function errorPicture(title: string, curves: readonly Curve[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="1000" height="336" viewBox="0 0 1000 336" role="img">
<title>${escapeXml(title)}</title><style>${style}${curveStyle}</style>
<rect class="panel" x=".5" y=".5" width="999" height="335" rx="6"/>
<text class="title" x="16" y="25">${escapeXml(title)}</text>
${xAxis({ scale: x, label: (share) => `p${Number((share * 100).toFixed(1))}`, top: plot.top, bottom: plot.bottom, labelsAt: plot.bottom + 16 })}
${yAxis({ scale: y, label: (ms) => `${plainLabel(ms)} ms`, left: plot.left, right: plot.right })}
<line class="limit" x1="${plot.left}" x2="${plot.right}" y1="${px(y.at(LIMIT_MS))}" y2="${px(y.at(LIMIT_MS))}"/>
<text class="small bad" x="${plot.left + 6}" y="${px(y.at(LIMIT_MS) - 5)}">limit ${LIMIT_MS} ms</text>
${curves.map(draw).join('\n')}
${curves.map(key).join('\n')}
</svg>`;
}

function draw({ values, style: line, colour }: Curve): string {
  const sorted = values.toSorted((a, b) => a - b);
  const points = sorted.map(
    (value, i) => `${Math.round(x.at(i / sorted.length))},${Math.round(y.at(Math.min(LARGEST, value)))}`,
  );
  return `<polyline class="curve ${line} ${colour}" points="${[...new Set(points)].join(' ')}"/>`;
}

const key = ({ name, style: line, colour, values }: Curve, i: number): string =>
  `<line class="curve ${line} ${colour}" x1="784" x2="808" y1="${70 + i * 20}" y2="${70 + i * 20}"/><text class="small" x="816" y="${74 + i * 20}">${escapeXml(name)}, n = ${values.length}</text>`;
