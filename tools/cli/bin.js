#!/usr/bin/env node
// Written for any Node: an old one must be able to read this far, to say that it is too old.
import fs from 'node:fs';

const oldest = 24;
if (Number(process.versions.node.split('.')[0]) < oldest) {
  console.error(
    `plumbline needs Node ${oldest} or newer; this is ${process.versions.node} (${process.execPath}).\n` +
      `  npm install --save-dev node@${oldest}     puts one into node_modules, which npx then uses`,
  );
  process.exit(1);
}

// A checkout runs from its sources, a package from what was compiled: it has no sources.
const source = new URL('./main.ts', import.meta.url);
const compiled = new URL('../../dist/tools/cli/main.js', import.meta.url);
await import((fs.existsSync(source) ? source : compiled).href);
