import type {
  A_Expr,
  BoolExpr,
  ColumnRef,
  FuncCall,
  JoinExpr,
  Node,
  RangeVar,
  ResTarget,
  SelectStmt,
} from 'libpg-query';
import type { SpiderTables } from '../../../../seed/questions/read.ts';
import type { Replacement } from './predicates.ts';
import { names, type Site, sitesOf, tagged } from './sites.ts';

/** The tables on one side of a join, by alias. */
function tablesIn(node: Node | undefined): Map<string, string> {
  const found = [...sitesOf(node)].flatMap(({ node: inner }) => tagged<RangeVar>(inner, 'RangeVar') ?? []);
  return new Map(found.map(({ alias, relname = '' }) => [alias?.aliasname ?? relname, relname]));
}

function column(node: Node | undefined): readonly [alias: string, name: string] | undefined {
  const [alias, name] = names(tagged<ColumnRef>(node ?? {}, 'ColumnRef')?.fields);
  return alias !== undefined && name !== undefined ? [alias, name] : undefined;
}

function conjuncts(node: Node | undefined): Node[] {
  if (!node) return [];
  const both = tagged<BoolExpr>(node, 'BoolExpr');
  return both?.boolop === 'AND_EXPR' ? (both.args ?? []).flatMap(conjuncts) : [node];
}

/** The foreign keys of a schema as `child.column=parent.column`; in the bundled schemas none is nullable. */
function foreignKeys({ foreign_keys, column_names_original, table_names_original }: SpiderTables): Set<string> {
  const full = (at: number) => {
    const [table, name] = column_names_original[at] ?? [-1, ''];
    return `${table_names_original[table]}.${name}`;
  };
  return new Set(foreign_keys.map(([child, parent]) => `${full(child)}=${full(parent)}`));
}

/**
 * Rule 1: each row of the kept side has a partner, because its NOT NULL foreign key refers to a table of which the
 * other side has every row.
 */
function alwaysMatches(join: JoinExpr, kept: Node | undefined, other: Node | undefined, keys: Set<string>): boolean {
  const equality = tagged<A_Expr>(join.quals ?? {}, 'A_Expr');
  const sides = [column(equality?.lexpr), column(equality?.rexpr)];
  const [children, parents] = [tablesIn(kept), tablesIn(other)];
  return [sides, sides.toReversed()].some(([child, parent]) => {
    if (!child || !parent) return false;
    const key = `${children.get(child[0])}.${child[1]}=${parents.get(parent[0])}.${parent[1]}`;
    return keys.has(key) && holdsAll(other, parent[0], keys);
  });
}

/** True when no inner join inside drops rows of this table. */
function holdsAll(node: Node | undefined, alias: string, keys: Set<string>): boolean {
  const join = tagged<JoinExpr>(node ?? {}, 'JoinExpr');
  if (!join) return true;
  const left = tablesIn(join.larg).has(alias);
  const [own, other] = left ? [join.larg, join.rarg] : [join.rarg, join.larg];
  return holdsAll(own, alias, keys) && alwaysMatches(join, own, other, keys);
}

/** Rule 2: a row that the outer join adds is NULL on the other side, and a condition on that side excludes it. */
function refusesNulls(select: SelectStmt, join: JoinExpr, other: Node | undefined): boolean {
  const aliases = tablesIn(other);
  const outer = [...sitesOf(select.fromClause)]
    .flatMap(({ node }) => tagged<JoinExpr>(node, 'JoinExpr') ?? [])
    .filter((one) => one !== join && one.jointype === 'JOIN_INNER' && !within(join, one));
  return [...conjuncts(select.whereClause), ...outer.flatMap(({ quals }) => conjuncts(quals))].some((condition) => {
    const expression = tagged<A_Expr>(condition, 'A_Expr');
    const side = column(expression ? expression.lexpr : condition) ?? ['', ''];
    const opposite = column(expression?.rexpr) ?? ['', ''];
    return aliases.has(side[0]) || aliases.has(opposite[0]);
  });
}

/** Rule 3: the query selects only aggregates of the other side's columns, without groups, and these ignore NULLs. */
function onlyAggregates(select: SelectStmt, other: Node | undefined): boolean {
  const aliases = tablesIn(other);
  if (select.groupClause || select.havingClause || select.distinctClause) return false;
  return (select.targetList ?? []).every((target) => {
    const call = tagged<FuncCall>(tagged<ResTarget>(target, 'ResTarget')?.val ?? {}, 'FuncCall');
    const strict = ['sum', 'avg', 'min', 'max', 'count'].includes(names(call?.funcname)[0] ?? '') && !call?.agg_star;
    return strict && (call?.args ?? []).every((argument) => aliases.has(column(argument)?.[0] ?? ''));
  });
}

function within(outer: JoinExpr, inner: JoinExpr): boolean {
  return [...sitesOf(outer.larg), ...sitesOf(outer.rarg)].some(({ node }) => tagged(node, 'JoinExpr') === inner);
}

/** Makes an inner join an outer join; left out where a rule proves that the two are equivalent. */
export function joinFaults(select: SelectStmt, schema: SpiderTables | undefined) {
  const keys = schema ? foreignKeys(schema) : new Set<string>();
  return ({ node }: Site): Replacement[] => {
    const join = tagged<JoinExpr>(node, 'JoinExpr');
    if (join?.jointype !== 'JOIN_INNER') return [];
    const sides = [
      ['JOIN_LEFT', join.larg, join.rarg],
      ['JOIN_RIGHT', join.rarg, join.larg],
    ] as const;
    return sides
      .filter(
        ([, kept, other]) =>
          !alwaysMatches(join, kept, other, keys) &&
          !refusesNulls(select, join, other) &&
          !onlyAggregates(select, other),
      )
      .map(([jointype]) => ['join type', { JoinExpr: { ...join, jointype } }]);
  };
}
