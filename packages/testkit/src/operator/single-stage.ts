import {
  defineSource,
  defineTarget,
  discardTarget,
  type KeyedState,
  type OperatorDefinition,
  type OperatorRegistry,
  type PipelineFacts,
  type ProcessorDefinition,
} from '@penstock/engine';
import type { JsonObject } from '@penstock/model';
import Type from 'typebox';

const about = (id: string) => ({
  id,
  stageName: id,
  library: 'test',
  version: 1,
  label: id,
  instancePrefix: id,
  libraries: [],
  keywords: [],
  summary: id,
  description: id,
  config: Type.Object({}),
});

const source = defineSource({
  ...about('source'),
  category: 'source',
  cluster: true,
  source: () => ({
    kind: 'topic',
    topic: 'T',
    offsetReset: 'earliest',
    partitionedBy: ['assetId'],
    maxRecordBytes: Number.MAX_SAFE_INTEGER,
    clientSettings: {},
  }),
});

const trash = defineTarget({ ...about('trash'), category: 'target', target: () => discardTarget('trash') });

/** The stage's configuration as rows, between a source and a Trash for each of its lanes. */
export const singleStageDocument = (
  instanceName: string,
  config: JsonObject,
  lanes: readonly string[] = ['out'],
): JsonObject => {
  const stage = (name: string, operator: string, inputLanes: readonly string[], outputLanes: readonly string[]) => ({
    instanceName: name,
    library: 'test',
    stageName: operator,
    stageVersion: '1',
    uiInfo: { label: name },
    inputLanes: [...inputLanes],
    outputLanes: [...outputLanes],
  });
  return {
    title: 'one stage',
    configuration: [],
    stages: [
      {
        ...stage(instanceName, 'tested', ['in'], lanes),
        configuration: Object.entries(config).map(([name, value]) => ({ name, value })),
      },
      { ...stage('Source_01', 'source', [], ['in']), configuration: [] },
      ...lanes.map((lane) => ({ ...stage(`Trash_${lane}`, 'trash', [lane], []), configuration: [] })),
    ],
  };
};

/** The store each running stage was given, by the facts of its pipeline: an object of each test's own. */
const states = new WeakMap<PipelineFacts, KeyedState<unknown>>();
const registries = new WeakMap<ProcessorDefinition, OperatorRegistry>();

/** A registry of the tested operator, and the way to the store its stage was given. */
export const singleStageRegistry = (
  definition: ProcessorDefinition,
): { readonly registry: OperatorRegistry; readonly stateOf: (facts: PipelineFacts) => KeyedState<unknown> } => {
  let registry = registries.get(definition);
  if (registry === undefined) {
    registry = registryOf(definition);
    registries.set(definition, registry);
  }
  return {
    registry,
    stateOf: (facts) => {
      const state = states.get(facts);
      if (state === undefined) throw new Error('The stage was given no store.');
      return state;
    },
  };
};

const registryOf = (definition: ProcessorDefinition): OperatorRegistry => {
  const tested: ProcessorDefinition = {
    ...definition,
    create: (config, context) => {
      states.set(context.pipeline, context.state);
      return definition.create(config, context);
    },
  };
  const byStageName = new Map<string, OperatorDefinition>([
    ['source', source],
    ['trash', trash],
    ['tested', tested],
  ]);
  return { definitions: [...byStageName.values()], resolve: ({ stageName }) => byStageName.get(stageName) };
};
