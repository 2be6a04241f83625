import { defineTarget } from '@penstock/engine';
import Type from 'typebox';
import { CLASSIC_LIBRARIES } from '../../shared/libraries.ts';

const config = Type.Object({});

export const trash = defineTarget<typeof config>({
  id: 'trash',
  stageName: 'com_streamsets_pipeline_stage_destination_devnull_NullDTarget',
  library: 'streamsets-datacollector-basic-lib',
  stageNameAliases: ['com_streamsets_pipeline_stage_destination_devnull_ToErrorNullDTarget'],
  version: 1,
  label: 'Trash',
  labelAliases: ['Data Viewer', 'Discard'],
  instancePrefix: 'Trash',
  instancePrefixAliases: ['DataViewer', 'EDHDiscard', 'Discard'],
  libraries: CLASSIC_LIBRARIES,
  category: 'target',
  keywords: ['discard', 'null', 'debug', 'data viewer'],
  summary: 'Ends records without writing them anywhere.',
  description:
    'For debugging: a branch that ends here can be looked at in previews and counted in the metrics, and costs no write.',
  config,
  target: () => ({ kind: 'discard' }),
  examples: [{ title: 'End a branch', config: {}, input: [], output: [] }],
});
