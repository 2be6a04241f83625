import { pointer } from '@penstock/model';
import type { ConfiguredStage } from './read-option-rows.ts';

/**
 * The JSON Pointer into a document for a place in a stage's configuration object: `/inputOutput/0/minMax` becomes
 * `/stages/2/configuration/4/value/0/minMax`. A name without a row points at the list of rows.
 */
export const configPointer = (stage: ConfiguredStage, path: string): string => {
  const [, first = '', ...rest] = path.split('/');
  const row = stage.configurationRows.get(first.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (row === undefined) return stage.pointer + pointer('configuration');
  return `${stage.pointer}${pointer('configuration', row, 'value')}${rest.map((segment) => `/${segment}`).join('')}`;
};
