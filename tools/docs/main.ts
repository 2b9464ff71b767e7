// Writes the generated documentation anew: docs/settings.md, .env.example, docs/fixtures.md. Usage: node tools/docs/main.ts
import fs from 'node:fs';
import { fixturesPage } from './fixtures.ts';
import { envExample, withSettingsTable } from './settings.ts';

const root = new URL('../../', import.meta.url);
const settings = new URL('docs/settings.md', root);
fs.writeFileSync(settings, withSettingsTable(fs.readFileSync(settings, 'utf8')));
fs.writeFileSync(new URL('.env.example', root), envExample());
fs.writeFileSync(new URL('docs/fixtures.md', root), fixturesPage());
