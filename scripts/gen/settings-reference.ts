import { settingsReference as render } from '../../packages/server/src/settings/settings-reference.ts';
import type { Generator } from './generated-files.ts';

export const settingsReference: Generator = {
  what: 'reference of the settings, from their table',
  make: async () => new Map([['docs/settings.md', render()]]),
};
