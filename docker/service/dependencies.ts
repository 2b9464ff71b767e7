// Reduces package.json to what the sources in some folders import, so that an image holds the service's packages and
// not the harness's, each in the version that package-lock.json says. Usage: node dependencies.ts <folder>…
import fs from 'node:fs';
import path from 'node:path';

type Manifest = { dependencies: Record<string, string>; devDependencies?: object; scripts?: object };

const sources = process.argv
  .slice(2)
  .flatMap((folder) =>
    fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => path.join(folder, name)),
  )
  .filter((file) => file.endsWith('.ts'));
const imported = new Set(
  sources.flatMap((file) =>
    // Of a package's path only its name, which for a scoped one has two parts.
    [...fs.readFileSync(file, 'utf8').matchAll(/\b(?:from|import\()\s*'((?:@[^/']+\/)?[^./'][^/']*)/g)].map(
      (match) => match[1],
    ),
  ),
);
const manifest = JSON.parse(fs.readFileSync('package.json', 'utf8')) as Manifest;
manifest.dependencies = Object.fromEntries(
  Object.entries(manifest.dependencies).filter(([name]) => imported.has(name)),
);
delete manifest.devDependencies;
delete manifest.scripts;
fs.writeFileSync('package.json', `${JSON.stringify(manifest, null, 2)}\n`);
process.stdout.write(
  `${Object.keys(manifest.dependencies).length} packages: ${Object.keys(manifest.dependencies).join(', ')}\n`,
);
