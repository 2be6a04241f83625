import type { SettingDefinition } from './setting-definition.ts';
import { SETTINGS } from './settings-table.ts';

const row = ({ env, key, expects, fallback, about }: SettingDefinition): string =>
  `| \`${env}\` | \`${key}\` | ${expects.replaceAll('|', '\\|')} | ${fallback === undefined ? '' : `\`${fallback}\``} | ${about} |`;

/** The reference of all settings, as Markdown: `docs/settings.md` is this text, and a test sees to it. */
export const settingsReference = (): string =>
  [
    '<!-- Generated from packages/server/src/settings/settings-table.ts; a test compares. -->',
    '# Settings',
    '',
    'The service reads environment variables, then `penstock.config.json` in its working folder (or the file named by',
    '`PENSTOCK_CONFIG`), then takes the default. An empty variable counts as not set. In the file a dot in the key is a',
    'nested object: `{ "kafka": { "bootstrapServers": "localhost:9092" } }`. Unknown keys and wrong values end the start',
    'with a message that names them. Every variable has a twin that ends in `_FILE` and names a file with the value, for',
    'secrets of containers and service managers; of both only one may be given.',
    '',
    '| variable | key in the file | value | default | what it is |',
    '| --- | --- | --- | --- | --- |',
    ...Object.values(SETTINGS).map(row),
    '',
  ].join('\n');
