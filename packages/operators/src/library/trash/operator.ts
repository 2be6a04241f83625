import { defineTarget, discardTarget } from '@penstock/engine';
import Type from 'typebox';
import { BASE_LIBRARY, CLASSIC_LIBRARIES } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';

const config = Type.Object({});

export const trash = defineTarget<typeof config>({
  ...operatorNames('destination', 'Trash'),
  stageName: 'com_streamsets_pipeline_stage_destination_devnull_NullDTarget',
  library: 'streamsets-datacollector-basic-lib',
  stageNameAliases: ['com_streamsets_pipeline_stage_destination_devnull_ToErrorNullDTarget'],
  version: 1,
  labelAliases: ['Data Viewer', 'Discard'],
  instancePrefixAliases: ['DataViewer', 'EDHDiscard', 'Discard'],
  libraries: [BASE_LIBRARY, ...CLASSIC_LIBRARIES],
  category: 'target',
  keywords: ['discard', 'null', 'debug', 'data viewer'],
  summary: 'Ends records without writing them anywhere.',
  description:
    'For debugging: a branch that ends here can be looked at in previews and counted in the metrics, and costs no write.',
  config,
  drops: [{ reason: 'trash', when: 'Every record.' }],
  target: () => discardTarget('trash'),
});
