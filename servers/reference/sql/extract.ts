const fence = /```[a-z]*[ \t]*\n?([\s\S]*?)(?:```|$)/gi;
const reasoning = /<think>[\s\S]*?(?:<\/think>|$)/gi;
const query = String.raw`select\b|with\s+(?:recursive\s+)?"?\w+"?\s*(?:\([^)]*\)\s*)?as\s+(?:(?:not\s+)?materialized\s+)?\(`;
const change = String.raw`(?:insert\s+into|update|delete\s+from|merge\s+into|drop|create|alter|truncate|grant|revoke|copy|vacuum)\b`;
const other = String.raw`values\s*\(|table\s+\w+\s*;?$|explain\b|do\s+\$|call\s+\w+\s*\(|(?:set|reset)\s+\w+\s*(?:=|to\b)`;
const statement = new RegExp(String.raw`^\s*\(*\s*(?:${query}|${change}|${other})`, 'i');
const queryOnALine = new RegExp(String.raw`^[ \t]*\(*(?:${query})`, 'im');
const queryAfterColon = new RegExp(String.raw`:\s*(?=\(*(?:${query}))`, 'i');

/**
 * Finds the SQL in a model's answer, which may be bare, fenced, in backticks, or surrounded by prose and reasoning. A
 * second statement is kept, so that the validator refuses it. Prose after the first one is removed.
 *
 * @returns the SQL without its final semicolon, or undefined if there is none
 */
export function extractSql(answer: string): string | undefined {
  const text = answer.replace(reasoning, '');
  for (const [, fenced = ''] of text.matchAll(fence)) if (statement.test(fenced)) return trim(fenced);
  const bare = text.replaceAll('`', '').trim();
  if (statement.test(bare)) return trim(cutProse(bare));
  const start = queryOnALine.exec(bare)?.index ?? afterColon(bare);
  return start === undefined ? undefined : trim(cutProse(bare.slice(start)));
}

function afterColon(text: string): number | undefined {
  const match = queryAfterColon.exec(text);
  return match ? match.index + match[0].length : undefined;
}

/** Cuts the text at the first semicolon or blank line without a further statement after it. */
function cutProse(text: string): string {
  for (const end of ends(text)) {
    const rest = text.slice(end).replace(/^[;\s]+/, '');
    if (!statement.test(rest) && !rest.startsWith('--') && !rest.startsWith('/*')) return text.slice(0, end);
  }
  return text;
}

/** Positions where a statement may end: semicolons and blank lines outside quotes. */
function* ends(text: string): Generator<number> {
  const tokens = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[\s\S]*?\$\1\$|;|\n\s*\n/g;
  for (const match of text.matchAll(tokens)) if (match[0] === ';' || match[0].startsWith('\n')) yield match.index;
}

const trim = (sql: string): string => sql.trim().replace(/[;\s]+$/, '');
