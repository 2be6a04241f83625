import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api';
import * as own from './schema.ts';
import * as alarms from './schema-alarms.ts';
import * as assets from './schema-assets.ts';
import * as changes from './schema-changes.ts';
import * as connections from './schema-connections.ts';
import * as people from './schema-people.ts';
import * as resources from './schema-resources.ts';

test('the migrations lead to the tables of the schema', async () => {
  const folder = join(import.meta.dirname, '..', '..', 'migrations', 'meta');
  const { entries } = JSON.parse(readFileSync(join(folder, '_journal.json'), 'utf8'));
  const last = String(entries.at(-1).idx).padStart(4, '0');
  const migrated = JSON.parse(readFileSync(join(folder, `${last}_snapshot.json`), 'utf8'));
  // What is missing, as SQL: run `npx drizzle-kit generate` in packages/server.
  assert.deepEqual(
    await generateMigration(
      migrated,
      generateDrizzleJson({ ...own, ...people, ...changes, ...alarms, ...connections, ...assets, ...resources }),
    ),
    [],
  );
});
