import type { Operator } from '@penstock/client/session';
import { operatorOf } from '../../../catalogue/operators.ts';
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

/** Stages as the canvas takes them. */
export const nodesOf = ({ document, operators, findings, selection, dragged }: Drawn): DesignNodeType[] =>
  stagesOf(document).map((stage, index) => {
    const id = idOf(stage);
    const operator = operatorOf(operators, stage);
    return {
      id,
      type: 'stage',
      position: dragged.get(id) ?? placeOf(stage) ?? { x: index * STEP_X, y: 0 },
      ...SIZE,
      selected: selection.has(id),
      ariaLabel: labelOf(stage),
      data: {
        label: labelOf(stage),
        operator: operator?.label ?? String(stage.stageName ?? ''),
        kind: kindOf(stage),
        outputs: outputsOf(stage).length,
        errors: findings.filter(({ place, severity }) => place.stage === id && severity === 'error').length,
      },
    };
  });

/** Connections as the canvas takes them. */
export const edgesOf = (document: PipelineDocument): DesignEdgeType[] => {
  const stages = stagesOf(document);
  return stages.flatMap((from) =>
    outputsOf(from).flatMap((lane, output) =>
      stages
        .filter((to) => inputsOf(to).includes(lane))
        .map((to) => ({
          id: `${idOf(from)} ${output} ${idOf(to)}`,
          type: 'lane' as const,
          source: idOf(from),
          sourceHandle: String(output),
          target: idOf(to),
          data: { from: labelOf(from), to: labelOf(to), output },
        })),
    ),
  );
};
