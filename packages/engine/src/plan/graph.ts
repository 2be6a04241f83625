import { type Issue, pointer } from '@penstock/model';

/** A stage as the graph sees it. */
export interface GraphStage {
  readonly instanceName: string;
  readonly kind: 'source' | 'processor' | 'target';
  readonly inputLanes: readonly string[];
  readonly outputLanes: readonly string[];
  /** JSON Pointer of the stage in the document. */
  readonly pointer: string;
}

export interface Graph {
  readonly issues: readonly Issue[];
  /** Indexes of all stages, every stage behind those that feed it. Empty when there are errors. */
  readonly order: readonly number[];
  /** By stage index: the stages its output goes to. */
  readonly consumers: readonly (readonly number[])[];
  /** The same by output lane of the stage, in the order of its lanes. */
  readonly laneConsumers: readonly (readonly (readonly number[])[])[];
}

/** Wires stages by their lanes and checks that the result is a graph records can run through. */
export const buildGraph = (stages: readonly GraphStage[], stagesPointer: string): Graph => {
  const issues: Issue[] = [];
  const report = (code: string, stage: GraphStage | undefined, path: string, message: string): void => {
    issues.push({
      code,
      severity: 'error',
      path,
      message,
      ...(stage === undefined ? {} : { stage: stage.instanceName }),
    });
  };

  if (stages.length > 0 && !stages.some((stage) => stage.kind === 'source'))
    report(
      'GRAPH_SOURCE_MISSING',
      undefined,
      stagesPointer,
      'The pipeline has no data source. Add one, for example an EDH Kafka Consumer.',
    );
  if (stages.length > 0 && !stages.some((stage) => stage.kind === 'target'))
    report(
      'GRAPH_TARGET_MISSING',
      undefined,
      stagesPointer,
      'The pipeline has no destination. Add one, for example an EDH Kafka Producer or Trash.',
    );

  const producerOf = new Map<string, number>();
  stages.forEach((stage, index) => {
    if (stage.kind === 'target' && stage.outputLanes.length > 0)
      report(
        'GRAPH_TARGET_OUTPUT',
        stage,
        `${stage.pointer}/outputLanes`,
        `"${stage.instanceName}" is a destination and has no output. Remove its output lanes.`,
      );
    if (stage.kind !== 'target' && stage.outputLanes.length === 0)
      report(
        'GRAPH_OUTPUT_OPEN',
        stage,
        `${stage.pointer}/outputLanes`,
        `The output of "${stage.instanceName}" goes nowhere. Connect it to another stage.`,
      );
    stage.outputLanes.forEach((lane, at) => {
      const other = producerOf.get(lane);
      if (other !== undefined)
        report(
          'GRAPH_LANE_DUPLICATE',
          stage,
          stage.pointer + pointer('outputLanes', at),
          `Lane "${lane}" is already the output of "${stages[other]?.instanceName}". Lanes have one producer.`,
        );
      else producerOf.set(lane, index);
    });
  });

  const consumers: Set<number>[] = stages.map(() => new Set());
  const consumed = new Set<string>();
  stages.forEach((stage, index) => {
    if (stage.kind === 'source' && stage.inputLanes.length > 0)
      report(
        'GRAPH_SOURCE_INPUT',
        stage,
        `${stage.pointer}/inputLanes`,
        `"${stage.instanceName}" is a data source and has no input. Remove its input lanes.`,
      );
    if (stage.kind !== 'source' && stage.inputLanes.length === 0)
      report(
        'GRAPH_INPUT_OPEN',
        stage,
        `${stage.pointer}/inputLanes`,
        `"${stage.instanceName}" gets no records. Connect its input or remove the stage.`,
      );
    stage.inputLanes.forEach((lane, at) => {
      const producer = producerOf.get(lane);
      if (producer === undefined)
        report(
          'GRAPH_LANE_UNKNOWN',
          stage,
          stage.pointer + pointer('inputLanes', at),
          `"${stage.instanceName}" reads lane "${lane}", which no stage writes.`,
        );
      else {
        consumed.add(lane);
        consumers[producer]?.add(index);
      }
    });
  });
  stages.forEach((stage) => {
    stage.outputLanes.forEach((lane, at) => {
      if (!consumed.has(lane) && stage.kind !== 'target')
        report(
          'GRAPH_OUTPUT_OPEN',
          stage,
          stage.pointer + pointer('outputLanes', at),
          `Output lane "${lane}" of "${stage.instanceName}" goes nowhere. Connect it to another stage.`,
        );
    });
  });

  const edges = consumers.map((set) => [...set].sort((a, b) => a - b));
  const order = topologicalOrder(edges);
  if (order.length < stages.length) {
    const inCycle = stages.filter((_, index) => !order.includes(index));
    for (const stage of inCycle)
      report(
        'GRAPH_CYCLE',
        stage,
        stage.pointer,
        `"${stage.instanceName}" is part of, or fed by, a loop of stages. Records only flow one way; remove an edge of the loop.`,
      );
  }
  const laneConsumers = stages.map(({ outputLanes }) =>
    outputLanes.map((lane) => stages.flatMap(({ inputLanes }, index) => (inputLanes.includes(lane) ? [index] : []))),
  );
  return { issues, order: issues.length > 0 ? [] : order, consumers: edges, laneConsumers };
};

/** Kahn's algorithm; stages in a cycle, and behind one, are missing from the result. */
const topologicalOrder = (edges: readonly (readonly number[])[]): number[] => {
  const incoming = edges.map(() => 0);
  for (const targets of edges) for (const target of targets) incoming[target] = (incoming[target] ?? 0) + 1;
  const order: number[] = [];
  const ready = incoming.flatMap((count, index) => (count === 0 ? [index] : []));
  for (let next = ready.shift(); next !== undefined; next = ready.shift()) {
    order.push(next);
    for (const target of edges[next] ?? []) {
      incoming[target] = (incoming[target] ?? 0) - 1;
      if (incoming[target] === 0) ready.push(target);
    }
  }
  return order;
};
