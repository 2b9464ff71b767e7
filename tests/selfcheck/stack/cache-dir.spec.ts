import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { folderIn, reportUncached } from '../../../fixtures/stack/cache-dir.ts';
import { makeFolder } from '../../../fixtures/stack/folder.ts';
import { compileCache } from '../../../servers/host/compiled.ts';

test('a cache folder is made with its parents, and existing files stay', ({}, testInfo) => {
  const dir = testInfo.outputPath('a', 'b', 'c');
  makeFolder(dir);
  fs.writeFileSync(path.join(dir, 'existing'), '');
  makeFolder(dir);
  expect(fs.readdirSync(dir)).toEqual(['existing']);
  expect(compileCache({ PLUMBLINE_CACHE_DIR: dir })).toEqual({ NODE_COMPILE_CACHE: path.join(dir, 'compiled') });
});

test(
  'a run whose cache folder cannot be made uses one of its own and reports once the setting and the reason',
  requirement('STACK-07'),
  ({}, testInfo) => {
    const file = testInfo.outputPath('file');
    fs.writeFileSync(file, '');
    const runDir = testInfo.outputPath('run');
    // No folder can be made in /proc, where Node's own recursion never ends.
    const places = [file, path.join(file, 'below'), ...(process.platform === 'linux' ? ['/proc/plumbline'] : [])];
    const lines = places.map((dir) => {
      const lines: string[] = [];
      for (const name of ['models', 'weights'])
        expect(folderIn(dir, runDir, name, (line) => lines.push(line))).toBe(path.join(runDir, name));
      expect(compileCache({ PLUMBLINE_CACHE_DIR: dir })).toEqual({});
      return lines;
    });
    expect(fs.readdirSync(runDir).sort()).toEqual(['models', 'weights']);
    expect(lines).toEqual(
      places.map((dir) => [
        expect.stringMatching(
          new RegExp(
            `^PLUMBLINE_CACHE_DIR: ${dir} (is not a folder|cannot be made).* so this run stores nothing there.*set it to`,
          ),
        ),
      ]),
    );
  },
);

test('an error that does not come from the file system is thrown, and not reported as an unusable cache', () => {
  expect(() => reportUncached('/nowhere', new TypeError('a mistake of ours'), () => {})).toThrow('a mistake of ours');
});
