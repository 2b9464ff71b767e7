import { parseSync } from 'oxc-parser';

/** One fixture, as its interface and its map describe it. */
interface DocumentedFixture {
  readonly name: string;
  /** Its comment, on one line. */
  readonly doc: string;
  /** Names of the fixtures that its set-up takes. */
  readonly needs: readonly string[];
  readonly isWorker: boolean;
  readonly isAutomatic: boolean;
}

/** A typed map of fixtures: `export const xFixtures: Fixtures<Own, OwnWorker, …> = { … }`. */
export interface FixtureSet {
  readonly name: string;
  readonly file: string;
  readonly fixtures: readonly DocumentedFixture[];
}

type Node = { readonly type: string; readonly start: number; readonly end: number } & Record<string, unknown>;

/** Every typed map of a file. @param file its path, for people and errors */
export function fixtureSetsIn(file: string, text: string): FixtureSet[] {
  const { program, comments } = parseSync(file, text);
  const nodes = program.body.map((node) => {
    const it = node as unknown as Node;
    return (it.type === 'ExportNamedDeclaration' && it['declaration'] ? it['declaration'] : it) as Node;
  });
  const interfaces = new Map(
    nodes
      .filter(({ type }) => type === 'TSInterfaceDeclaration')
      .map((node) => [(node['id'] as { name: string }).name, node]),
  );
  const docBefore = (start: number): string => {
    const last = comments.findLast(
      ({ end, type }) => type === 'Block' && end <= start && text.slice(end, start).trim() === '',
    );
    return last
      ? last.value
          .replace(/^\*|\n\s*\*/g, ' ')
          .replace(/\s+/g, ' ')
          .trim()
      : '';
  };
  const membersOf = (name: string | undefined): { name: string; doc: string }[] => {
    const node = name === undefined ? undefined : interfaces.get(name);
    if (!node) return [];
    const inherited = (node['extends'] as { expression: { name?: string } }[]).flatMap(({ expression }) =>
      membersOf(expression.name),
    );
    const own = (node['body'] as { body: Node[] }).body.map((member) => ({
      name: (member['key'] as { name: string }).name,
      doc: docBefore(member.start),
    }));
    return [...inherited, ...own];
  };
  return nodes
    .filter(({ type }) => type === 'VariableDeclaration')
    .flatMap((node) => node['declarations'] as Node[])
    .flatMap((declared) => {
      const id = declared['id'] as { name: string; start: number; end: number };
      const typed = /^\w+: Fixtures<(\w+)(?:, (\w+))?/.exec(text.slice(id.start, id.end));
      const map = declared['init'] as Node | null;
      if (!typed || map?.type !== 'ObjectExpression') return [];
      const worker = membersOf(typed[2]);
      const described = [...worker, ...membersOf(typed[1])];
      const fixtures = (map['properties'] as Node[]).map((property): DocumentedFixture => {
        const name = (property['key'] as { name: string }).name;
        const body = text.slice(property.start, property.end);
        const doc = described.find((member) => member.name === name)?.doc ?? '';
        return {
          name,
          doc,
          needs: needsIn(property['value'] as Node),
          isWorker: worker.some((member) => member.name === name),
          isAutomatic: /auto: true/.test(body),
        };
      });
      return [{ name: id.name, file, fixtures }];
    });
}

/** What the set-up functions of one fixture destructure: the outermost functions with such a first parameter. */
function needsIn(value: Node): string[] {
  const found = new Set<string>();
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const item of node) visit(item);
    if (node === null || typeof node !== 'object' || !('type' in node)) return;
    const it = node as Node;
    const [first] = (it['params'] as Node[] | undefined) ?? [];
    if (it.type === 'ArrowFunctionExpression' && first?.type === 'ObjectPattern') {
      for (const property of first['properties'] as Node[]) {
        const key = property['key'] as { name?: string } | undefined;
        if (key?.name) found.add(key.name);
      }
      return;
    }
    for (const child of Object.values(it)) visit(child);
  };
  visit(value);
  return [...found].sort();
}
