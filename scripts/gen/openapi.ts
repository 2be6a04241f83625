import { openApiText } from '../../packages/server/src/http/openapi/openapi-document.ts';
import type { Generator } from './generated-files.ts';

export const openApi: Generator = {
  what: 'OpenAPI document, from the routes',
  make: async () => new Map([['docs/generated/openapi.json', await openApiText()]]),
};
