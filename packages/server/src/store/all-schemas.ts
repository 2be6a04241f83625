/** All tables there are, for what goes through all of them. `migrations.test.ts` sees to it that no schema is left out. */
export * from './schema.ts';
export * from './schema-alarms.ts';
export * from './schema-assets.ts';
export * from './schema-changes.ts';
export * from './schema-connections.ts';
export * from './schema-instances.ts';
export * from './schema-lineage.ts';
export * from './schema-people.ts';
export * from './schema-resources.ts';
