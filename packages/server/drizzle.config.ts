import { defineConfig } from 'drizzle-kit';

// After a change of the schema: `npx drizzle-kit generate` in this folder, and commit what it writes.
export default defineConfig({
  dialect: 'postgresql',
  schema: [
    './src/store/schema.ts',
    './src/store/schema-people.ts',
    './src/store/schema-changes.ts',
    './src/store/schema-alarms.ts',
    './src/store/schema-connections.ts',
    './src/store/schema-assets.ts',
    './src/store/schema-resources.ts',
  ],
  out: './migrations',
});
