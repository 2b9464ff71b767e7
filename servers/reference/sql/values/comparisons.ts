import { type Node, parseQuery, visit } from '../tree.ts';

/** A column that a query compares with a text; `table` is undefined if the query does not name it. */
export type Comparison = { table: string | undefined; column: string; value: string };

/** The comparisons of columns with texts in a query (=, <>, IN, NOT IN), and the tables that it reads, by name. */
export async function comparisonsOf(sql: string): Promise<{ comparisons: Comparison[]; tables: string[] }> {
  const { stmts = [] } = await parseQuery(sql);
  const named = new Map<string, string>();
  const found: Comparison[] = [];
  visit(stmts, (kind, node) => {
    if (kind === 'RangeVar') {
      const { relname, alias } = node as { relname: string; alias?: { aliasname: string } };
      named.set(alias?.aliasname ?? relname, relname);
    }
    if (kind === 'A_Expr') found.push(...compared(node));
  });
  const comparisons = found.map((one) => ({ ...one, table: one.table && (named.get(one.table) ?? one.table) }));
  return { comparisons, tables: [...new Set(named.values())] };
}

type Text = { String?: { sval?: string } };

function compared(node: Node): Comparison[] {
  const { kind, name, lexpr, rexpr } = node as { kind: string; name: Text[]; lexpr?: Node; rexpr?: Node };
  const operator = name[0]?.String?.sval ?? '';
  if (!['AEXPR_OP', 'AEXPR_IN'].includes(kind) || !['=', '<>'].includes(operator)) return [];
  const fields = (lexpr?.['ColumnRef'] as { fields?: Text[] } | undefined)?.fields?.map((field) => field.String?.sval);
  const column = fields?.at(-1);
  if (column === undefined) return [];
  const items = (rexpr?.['List'] as { items?: Node[] } | undefined)?.items ?? (rexpr ? [rexpr] : []);
  const texts = items.map((item) => (item['A_Const'] as { sval?: { sval?: string } } | undefined)?.sval?.sval);
  return texts.filter((value) => value !== undefined).map((value) => ({ table: fields?.at(-2), column, value }));
}
