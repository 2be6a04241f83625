import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { VERSION } from './version.ts';

test('the version that is told is that of the package', () => {
  for (const path of ['../package.json', '../../../package.json'])
    assert.equal(JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version, VERSION, path);
});
