/** What hostile markup would do, if a page took it for markup: it sets this global, or asks for this address. */
export const hitGlobal = 'hit';
const hit = `window.${hitGlobal}=1`;
/** The element that hostile markup would make. */
export const hitElement = 'x-hit';
const element = `<${hitElement}></${hitElement}>`;

const controls = '\x1b[31mred\x1b]0;owned\x07\x1b[8m\0\b\rover\u202eend\u2066\u200f\x9b2J';

/** Texts that a service may answer with, by what they try to break out of. */
export const hostileTexts: Readonly<Record<string, string>> = {
  'a script': `<script>${hit}</script>${element}`,
  'an event handler': `<img src=x onerror="${hit}">${element}`,
  'the end of an attribute': `"><svg onload="${hit}"><script>${hit}</script></svg>${element}`,
  'an attribute in single quotes': `' onmouseover='${hit}' autofocus onfocus='${hit}' x='${element}`,
  'the end of raw text': `</script></style></title></textarea></svg>]]>--><script>${hit}</script>${element}`,
  'a frame': `<iframe srcdoc="<script>parent.${hit};${hit}</script>"></iframe>${element}`,
  'a script’s address': `javascript:${hit}//`,
  'links of Markdown': `[here](javascript:${hit}) ![](http://127.0.0.1:9/hit.png) <http://127.0.0.1:9/hit> http://127.0.0.1:9/hit`,
  'a fence of Markdown': `a fence\n\`\`\`\n</code></pre>${element}\n# Owned\n| a | b |\n|---|---|\n| [x](javascript:${hit}) | @all |\n~~~\n`,
  'a longer fence of Markdown': `a longer fence\n\`\`\`\`\`\`\n\n# Owned\n\n${element}\n`,
  'a picture with a script': `<svg xmlns="http://www.w3.org/2000/svg" onload="${hit}"><script>${hit}</script>${element}</svg>`,
  'a template': `{{constructor.constructor('${hit}')()}}\${${hit}}<%= ${hit} %>`,
  'control characters': controls,
};

export const allHostile = Object.values(hostileTexts);

/** Raw characters that act on a terminal or turn a reader’s line round; Playwright’s own colours are none. */
export const acting = /[\0\b\x07\x9b\u202e\u2066\u200f]|\x1b(?!\[[\d;]*m)|\x1b\[8m|\r(?!\n)/;
