import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api';
import * as schema from './all-schemas.ts';

test('the migrations lead to the tables of the schema', async () => {
  const folder = join(import.meta.dirname, '..', '..', 'migrations', 'meta');
  const { entries } = JSON.parse(readFileSync(join(folder, '_journal.json'), 'utf8'));
  const last = String(entries.at(-1).idx).padStart(4, '0');
  const migrated = JSON.parse(readFileSync(join(folder, `${last}_snapshot.json`), 'utf8'));
  // What is missing, as SQL: run `npx drizzle-kit generate` in packages/server.
  assert.deepEqual(await generateMigration(migrated, generateDrizzleJson(schema)), []);
});

test('no schema is left out of what goes through all tables', async () => {
  const files = readdirSync(import.meta.dirname).filter((name) => /^schema(-\w+)?\.ts$/.test(name));
  const loaded = await Promise.all(files.map((name): Promise<object> => import(`./${name}`)));
  assert.deepEqual(loaded.flatMap((one) => Object.keys(one)).toSorted(), Object.keys(schema).toSorted());
});
