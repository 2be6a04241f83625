import type { Operator } from '@penstock/client/session';
import { operatorOf } from '../../../catalogue/operators.ts';
import type { JsonObject } from '../../../document/json.ts';
import {
  idOf,
  inputsOf,
  kindOf,
  labelOf,
  outputsOf,
  type PipelineDocument,
  stagesOf,
} from '../../../document/shape.ts';
import { type Place, placeOf, STEP_X } from '../../../document/stages.ts';
import type { Finding } from '../model/use-findings.ts';
import type { DesignEdgeType } from './design-edge.tsx';
import type { DesignNodeType } from './design-node.tsx';

/** Size of a drawn stage, as in the style sheet. */
export const SIZE = { width: 200, height: 64 } as const;

interface Drawn {
  readonly document: PipelineDocument;
  readonly operators: readonly Operator[];
  readonly findings: readonly Finding[];
  readonly selection: ReadonlySet<string>;
  /** Where stages are while they are dragged. */
  readonly dragged: ReadonlyMap<string, Place>;
}

/** Errors by stage. */
const errorsIn = (findings: readonly Finding[]): ReadonlyMap<string, number> => {
  const errors = new Map<string, number>();
  for (const { place, severity } of findings)
    if (place.stage !== undefined && severity === 'error') errors.set(place.stage, (errors.get(place.stage) ?? 0) + 1);
  return errors;
};

/** Stages as the canvas takes them. Those of `before` that look the same are the same: only others are drawn again. */
export const nodesOf = (
  { document, operators, findings, selection, dragged }: Drawn,
  before: readonly DesignNodeType[] = [],
): DesignNodeType[] => {
  const errors = errorsIn(findings);
  const known = new Map(before.map((node) => [node.id, node]));
  return stagesOf(document).map((stage, index) => {
    const id = idOf(stage);
    const operator = operatorOf(operators, stage);
    const position = dragged.get(id) ?? placeOf(stage) ?? { x: index * STEP_X, y: 0 };
    const node: DesignNodeType = {
      id,
      type: 'stage',
      position,
      ...SIZE,
      selected: selection.has(id),
      ariaLabel: labelOf(stage),
      data: {
        label: labelOf(stage),
        operator: operator?.label ?? String(stage.stageName ?? ''),
        kind: kindOf(stage),
        outputs: outputsOf(stage).length,
        errors: errors.get(id) ?? 0,
      },
    };
    return same(known.get(id), node) ?? node;
  });
};

/** What was before, where it says the same. */
const same = <T extends { readonly data?: unknown }>(before: T | undefined, now: T): T | undefined =>
  before !== undefined && JSON.stringify(before) === JSON.stringify(now) ? before : undefined;

/** Connections as the canvas takes them, in the order of the stages they leave; of `before` as for stages. */
export const edgesOf = (document: PipelineDocument, before: readonly DesignEdgeType[] = []): DesignEdgeType[] => {
  const stages = stagesOf(document);
  const known = new Map(before.map((edge) => [edge.id, edge]));
  const readers = new Map<string, JsonObject[]>();
  for (const stage of stages)
    for (const lane of new Set(inputsOf(stage))) readers.set(lane, [...(readers.get(lane) ?? []), stage]);
  return stages.flatMap((from) =>
    outputsOf(from).flatMap((lane, output) =>
      (readers.get(lane) ?? []).map((to): DesignEdgeType => {
        const edge: DesignEdgeType = {
          id: `${idOf(from)} ${output} ${idOf(to)}`,
          type: 'lane' as const,
          source: idOf(from),
          sourceHandle: String(output),
          target: idOf(to),
          data: { from: labelOf(from), to: labelOf(to), output },
        };
        return same(known.get(edge.id), edge) ?? edge;
      }),
    ),
  );
};
