import { type SettingName, settings } from '../../fixtures/config/settings.ts';

const names = Object.keys(settings) as SettingName[];

/** The table of docs/settings.md. */
function settingsTable(): string {
  const rows = names.map((name) => {
    const { doc, allowed, fallback } = settings[name];
    return `| \`${name}\` | ${doc} (${allowed}) | ${fallback || 'not set'} |`;
  });
  return ['| setting | what it does | default |', '|---|---|---|', ...rows].join('\n');
}

/** `.env.example`, whole. */
export function envExample(): string {
  const entries = names.map((name) => {
    const { doc, allowed, fallback } = settings[name];
    return `# ${doc}.\n# Allowed: ${allowed}. Default: ${fallback || 'not set'}.\n# ${name}=\n`;
  });
  const head = '# Settings of a run. Copy to .env and change what you need; the environment wins over .env.\n';
  return [head, ...entries].join('\n');
}

/** A page with its table of settings brought up to date. @throws where it has no such table */
export function withSettingsTable(page: string): string {
  const table = /^\| setting \| what it does \| default \|\n\|---\|---\|---\|\n(?:\|.*\|\n?)*/m;
  if (!table.test(page))
    throw new Error('The page has no table of settings: it begins with | setting | what it does | default |.');
  return page.replace(table, () => `${settingsTable()}\n`);
}
