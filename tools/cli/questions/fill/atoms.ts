import type { A_Const, A_Expr, BoolExpr, ColumnRef, JoinExpr, Node, NullTest, SelectStmt, TypeCast } from 'libpg-query';
import { stepsOf } from '../../../../fixtures/judge/sql/mutants/predicates.ts';
import { type Resolved, type Source, sourcesOf } from '../../../../fixtures/judge/sql/mutants/scope.ts';
import { names, tagged } from '../../../../fixtures/judge/sql/mutants/sites.ts';
import type { Column, FullCatalog } from '../catalog.ts';
import type { Value } from './columns.ts';
import { decimalsOf, nearTimes } from './scalars.ts';

/** A condition on one column: a value that fulfils it, and values on and around its border. */
export interface Atom {
  readonly alias: string;
  readonly column: Column;
  /** Undefined: whatever it has. */
  readonly hit: Value | undefined;
  readonly near: readonly Value[];
}

/** Two columns that a join makes equal. */
export interface Link {
  readonly left: { readonly alias: string; readonly column: string };
  readonly right: { readonly alias: string; readonly column: string };
}

/** What one SELECT asks of rows of its tables. */
export interface Asked {
  readonly sources: readonly Source[];
  readonly atoms: readonly Atom[];
  readonly links: readonly Link[];
}

/** Reads the conditions of one SELECT: WHERE, and ON of its joins. What it does not know is left out. */
export function askedBy(select: SelectStmt, catalog: FullCatalog): Asked {
  const sources = sourcesOf(select, catalog);
  const on = (node: Node | undefined): Node[] => {
    const join = tagged<JoinExpr>(node ?? {}, 'JoinExpr');
    return join ? [...on(join.larg), ...on(join.rarg), ...(join.quals ? [join.quals] : [])] : [];
  };
  const conditions = [...(select.fromClause ?? []).flatMap(on), ...(select.whereClause ? [select.whereClause] : [])];
  const parts = conditions.flatMap((condition) => partsOf(condition, sources, true));
  return {
    sources,
    atoms: parts.filter((part) => 'near' in part),
    links: parts.filter((part) => 'left' in part),
  };
}

function partsOf(node: Node | undefined, sources: readonly Source[], positive: boolean): (Atom | Link)[] {
  const both = tagged<BoolExpr>(node ?? {}, 'BoolExpr');
  if (both)
    return (both.args ?? []).flatMap((arg) => partsOf(arg, sources, both.boolop === 'NOT_EXPR' ? !positive : positive));
  const found = columnIn(node, sources);
  if (found) return [atom(found, positive ? 't' : 'f', [positive ? 'f' : 't', null])];
  const test = tagged<NullTest>(node ?? {}, 'NullTest');
  if (test) {
    const tested = columnIn(test.arg, sources);
    const wanted = (test.nulltesttype === 'IS_NULL') === positive;
    return tested ? [atom(tested, wanted ? null : undefined, wanted ? [] : [null])] : [];
  }
  const expression = tagged<A_Expr>(node ?? {}, 'A_Expr');
  return expression ? compared(expression, sources, positive) : [];
}

function compared(expression: A_Expr, sources: readonly Source[], positive: boolean): (Atom | Link)[] {
  const { lexpr, rexpr, kind } = expression;
  const left = columnIn(lexpr, sources);
  const right = columnIn(rexpr, sources);
  const operator = names(expression.name)[0] ?? '';
  if (left && right)
    return operator === '='
      ? [
          {
            left: { alias: left.alias, column: left.column.name },
            right: { alias: right.alias, column: right.column.name },
          },
        ]
      : [];
  const column = left ?? right;
  const given = left ? rexpr : lexpr;
  if (!column || !given) return [];
  const items = 'List' in given ? (given.List.items ?? []).map(literal) : [literal(given)];
  const values = items.filter((value) => value !== undefined);
  const [first, second] = values;
  if (first === undefined) return [];
  if (kind === 'AEXPR_LIKE' || kind === 'AEXPR_ILIKE') return [like(column, first)];
  const near = [...new Set([...values.flatMap((value) => around(column.column as Column, value)), null])];
  const other = around(column.column as Column, first);
  if (kind === 'AEXPR_BETWEEN') return [atom(column, positive ? first : second, near)];
  if (kind === 'AEXPR_IN') return [atom(column, positive ? first : undefined, near)];
  if (kind !== 'AEXPR_OP') return [];
  const wanted = left ? operator : (flipped[operator] ?? operator);
  const hit = wanted.startsWith('<') && wanted !== '<>' ? other[1] : wanted.startsWith('>') ? other[2] : first;
  return [atom(column, (wanted === '<>') === positive ? undefined : (hit ?? first), near)];
}

const flipped: Readonly<Record<string, string>> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' };

const atom = ({ alias, column }: Resolved, hit: Value | undefined, near: readonly Value[]): Atom => ({
  alias,
  column: column as Column,
  hit,
  near: near.filter((value) => value !== null || column.nullable),
});

function columnIn(node: Node | undefined, sources: readonly Source[]): Resolved | undefined {
  const cast = tagged<TypeCast>(node ?? {}, 'TypeCast');
  const fields = names(tagged<ColumnRef>((cast ? cast.arg : node) ?? {}, 'ColumnRef')?.fields);
  const [name, alias] = [fields.at(-1), fields.at(-2)];
  const found = sources.flatMap((source): Resolved[] => {
    const column = source.table.columns.find((one) => one.name === name);
    return column && (alias === undefined || alias === source.alias) ? [{ ...source, column }] : [];
  });
  return found.length === 1 ? found[0] : undefined;
}

function literal(node: Node): string | undefined {
  const cast = tagged<TypeCast>(node, 'TypeCast');
  const constant = tagged<A_Const>(cast?.arg ?? node, 'A_Const');
  if (constant?.ival) return String(constant.ival.ival ?? 0);
  return constant?.fval?.fval ?? constant?.sval?.sval;
}

/** On the border first, then below and above it; of a text, what is nearly the same. */
export function around(column: Column, value: string): string[] {
  if (column.category === 'D') return nearTimes(value, column.type);
  if (column.category === 'enum' || column.category === 'B') return [value];
  if (column.category === 'N') {
    const number = Number(value);
    if (Number.isNaN(number)) return [];
    const decimals = decimalsOf(value);
    const steps = decimals > 0 ? [-0.1, 0.1] : stepsOf(number);
    return [0, ...steps].map((step) => (number + step).toFixed(decimals > 0 ? Math.max(decimals, 2) : 0));
  }
  const other = value === value.toLowerCase() ? value.toUpperCase() : value.toLowerCase();
  return [...new Set([value, other, `${value}s`, value.slice(0, -1)])].filter((text) => text !== '');
}

/** What a pattern finds, and what it finds in another case, elsewhere, or not at all. */
function like(column: Resolved, pattern: string): Atom {
  const bare = pattern.replaceAll(/[%_]/g, '');
  const hit = pattern.replaceAll('%', '').replaceAll('_', 'a') + (pattern.endsWith('%') ? 'or' : '');
  const start = pattern.startsWith('%') ? 'B' : '';
  const turned = bare === bare.toLowerCase() ? bare.toUpperCase() : bare.toLowerCase();
  return atom(
    column,
    start + hit,
    [`${start}${turned}or`, `B${bare}`, `${bare}or`, bare, bare.slice(0, -1)].filter((text) => text !== ''),
  );
}
