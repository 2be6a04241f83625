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
    batch: { size: Number.MAX_SAFE_INTEGER, waitMs: 0 },
    clientSettings: {},
  }),
});

const trash = defineTarget({ ...about('trash'), category: 'target', target: () => discardTarget('trash') });

/** A stage beside the tested one. */
export interface TestedBeside {
  readonly definition: ProcessorDefinition;
  readonly config: JsonObject;
}

export interface SingleStageOptions {
  /** Of the stage; one by default. */
  readonly lanes?: readonly string[] | undefined;
  /** Stages that get the records before it, each with a Trash behind it. */
  readonly beside?: readonly TestedBeside[] | undefined;
}

/** The stage's configuration as rows, between a source and a Trash for each of its lanes. */
export const singleStageDocument = (
  instanceName: string,
  config: JsonObject,
  { lanes = ['out'], beside = [] }: SingleStageOptions = {},
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
  const rowsOf = (settings: JsonObject) => Object.entries(settings).map(([name, value]) => ({ name, value }));
  return {
    title: 'one stage',
    configuration: [],
    stages: [
      ...beside.map((one, index) => ({
        ...stage(`Beside_${index}`, `beside-${index}`, ['in'], [`beside-${index}`]),
        configuration: rowsOf(one.config),
      })),
      { ...stage(instanceName, 'tested', ['in'], lanes), configuration: rowsOf(config) },
      { ...stage('Source_01', 'source', [], ['in']), configuration: [] },
      ...beside.map((_, index) => ({
        ...stage(`BesideTrash_${index}`, 'trash', [`beside-${index}`], []),
        configuration: [],
      })),
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
  beside: readonly TestedBeside[] = [],
): { readonly registry: OperatorRegistry; readonly stateOf: (facts: PipelineFacts) => KeyedState<unknown> } => {
  const isAlone = beside.length === 0;
  const registry = (isAlone ? registries.get(definition) : undefined) ?? registryOf(definition, beside);
  if (isAlone) registries.set(definition, registry);
  return {
    registry,
    stateOf: (facts) => {
      const state = states.get(facts);
      if (state === undefined) throw new Error('The stage was given no store.');
      return state;
    },
  };
};

const registryOf = (definition: ProcessorDefinition, beside: readonly TestedBeside[]): OperatorRegistry => {
  const tested: ProcessorDefinition = {
    ...definition,
    // There is one task: a cut would put the stage behind a topic that nobody reads here.
    redistributes: false,
    create: (config, context) => {
      states.set(context.pipeline, context.state);
      return definition.create(config, context);
    },
  };
  const byStageName = new Map<string, OperatorDefinition>([
    ['source', source],
    ['trash', trash],
    ['tested', tested],
    ...beside.map((one, index): [string, OperatorDefinition] => [`beside-${index}`, one.definition]),
  ]);
  return { definitions: [...byStageName.values()], resolve: ({ stageName }) => byStageName.get(stageName) };
};
