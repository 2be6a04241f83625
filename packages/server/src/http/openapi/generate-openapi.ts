import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openApiText } from './openapi-document.ts';

/** `node --no-node-snapshot packages/server/src/http/openapi/generate-openapi.ts`: writes docs/generated/openapi.json. */
export const OPENAPI_FILE = fileURLToPath(new URL('../../../../../docs/generated/openapi.json', import.meta.url));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(dirname(OPENAPI_FILE), { recursive: true });
  writeFileSync(OPENAPI_FILE, await openApiText());
}
