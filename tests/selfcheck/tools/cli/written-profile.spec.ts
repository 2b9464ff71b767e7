import { expect, test } from '@playwright/test';
import { profileText } from '../../../../tools/cli/init/texts.ts';
import { allHostile } from '../../reporters/hostile/texts.ts';

/** What would be code if it ended the comment or the text that it is written into. */
const code = [
  'a\nglobalThis.hit = 1;\n//',
  'a\r\nglobalThis.hit = 1;//',
  'a\u2028globalThis.hit = 1;//',
  "a' + (globalThis.hit = 1) + '",
];

for (const name of [...code, ...allHostile])
  test(`a profile written by init holds ${JSON.stringify(name)} as text, wherever the service says it`, () => {
    const specifiers = { config: 'c', fixtures: 'f' };
    const chat = { paths: { create: name }, request: { messages: name }, response: { [name]: name }, model: name };
    const found = { profile: { name, chat } as never, key: undefined, seen: [], guessed: [`it takes "${name}"`] };
    const [, ...lines] = profileText(found, specifiers).split('\n');
    const body = lines.join('\n').replace('export default', 'return');
    const read = new Function('defineTarget', body)((profile: unknown) => profile);
    expect(read).toEqual({ name, chat });
    expect(globalThis, 'nothing of it ran').not.toHaveProperty('hit');
  });
