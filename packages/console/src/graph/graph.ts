/** A stage as its document draws it. */
export interface Stage {
  readonly id: string;
  readonly label: string;
  readonly operator: string;
  readonly kind: 'source' | 'processor' | 'target' | 'other';
  readonly lanes: { readonly input: readonly string[]; readonly output: readonly string[] };
}

/** What flows from one stage to another. */
export interface Edge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** Which of the outputs of `from` it is, counted from 0, and of how many. */
  readonly output: number;
  readonly outputs: number;
}

export interface Graph {
  readonly stages: readonly Stage[];
  readonly edges: readonly Edge[];
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

const KINDS: Readonly<Record<string, Stage['kind']>> = { SOURCE: 'source', PROCESSOR: 'processor', TARGET: 'target' };

/** `com_penstock_stage_processor_PointSelector` is called PointSelector by those who use it. */
const shortName = (stageName: string): string => stageName.split('_').at(-1) ?? stageName;

const readStage = (value: unknown): Stage | undefined => {
  if (!isObject(value)) return undefined;
  const id = textOf(value.instanceName);
  if (id === '') return undefined;
  const ui = isObject(value.uiInfo) ? value.uiInfo : {};
  return {
    id,
    label: textOf(ui.label) || id,
    operator: shortName(textOf(value.stageName)),
    kind: KINDS[textOf(ui.stageType)] ?? 'other',
    lanes: { input: textsOf(value.inputLanes), output: textsOf(value.outputLanes) },
  };
};

/**
 * Stages and what flows between them, from a pipeline document: an edge leads from who writes a lane to each who reads
 * it. What is no stage is left out; a document may be any JSON.
 */
export const graphOf = (document: unknown): Graph => {
  const config = isObject(document) && isObject(document.pipelineConfig) ? document.pipelineConfig : document;
  const given = isObject(config) && Array.isArray(config.stages) ? config.stages : [];
  const stages = given.flatMap((stage) => readStage(stage) ?? []);
  const edges = stages.flatMap((from) =>
    from.lanes.output.flatMap((lane, output) =>
      stages
        .filter((to) => to.lanes.input.includes(lane))
        .map((to) => ({
          id: `${from.id} ${lane} ${to.id}`,
          from: from.id,
          to: to.id,
          output,
          outputs: from.lanes.output.length,
        })),
    ),
  );
  return { stages, edges };
};

/** What is counted of a stage. */
interface Counted {
  readonly input: number;
  readonly output: number;
}

/**
 * Records that went along an edge: what its reader took in, where nothing else leads there; else what its writer put
 * out, where all of it goes this way. Undefined where counters of stages do not tell the two apart.
 */
export const countOnEdge = (
  graph: Graph,
  edge: Edge,
  stages: Readonly<Record<string, Counted>>,
): number | undefined => {
  if (Object.keys(stages).length === 0) return undefined;
  if (graph.edges.filter(({ to }) => to === edge.to).length === 1) return stages[edge.to]?.input ?? 0;
  return edge.outputs === 1 ? (stages[edge.from]?.output ?? 0) : undefined;
};
