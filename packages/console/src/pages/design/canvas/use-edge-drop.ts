import type { Operator } from '@penstock/client/session';
import { type DragEvent, useState } from 'react';
import { kindOfOperator } from '../../../catalogue/find-operators.ts';
import { addOperator } from '../../../catalogue/operators.ts';
import { fitsBetween, isAlone, type Output, splice } from '../../../document/lanes.ts';
import { kindOf, type PipelineDocument, stageOf } from '../../../document/shape.ts';
import { makeRoom, type Place } from '../../../document/stages.ts';
import { useDesign } from '../model/design-context.ts';
import { BETWEEN_TYPE, OPERATOR_TYPE } from '../palette/dragged.ts';
import type { DesignEdgeType } from './design-edge.tsx';
import { SIZE } from './drawn.ts';
import { outputOfHandle } from './handles.ts';

/** A connection that something is held over, and whether it fits in there. */
export interface Over {
  readonly edge: string;
  readonly fits: boolean;
}

interface Point {
  readonly clientX: number;
  readonly clientY: number;
}

/** The connection that is drawn at a point of the window, under whatever lies over it. */
const edgeAt = ({ clientX, clientY }: Point, edges: readonly DesignEdgeType[]): DesignEdgeType | undefined => {
  for (const element of document.elementsFromPoint(clientX, clientY)) {
    const id = element.closest('.react-flow__edge')?.getAttribute('data-id');
    const edge = edges.find((each) => each.id === id);
    if (edge !== undefined) return edge;
  }
  return undefined;
};

const endsOf = ({ source, sourceHandle, target }: DesignEdgeType): { readonly from: Output; readonly to: string } => ({
  from: outputOfHandle(source, sourceHandle),
  to: target,
});

/** Puts operators of the palette, and stages that are connected to nothing, into connections they are dropped on. */
export const useEdgeDrop = (edges: readonly DesignEdgeType[], placeOf: (point: Point) => Place) => {
  const { document: stages, operators, mayDesign, edit } = useDesign();
  const [over, setOver] = useState<Over>();
  const hold = (point: Point, fits: boolean): void => {
    const edge = mayDesign ? edgeAt(point, edges)?.id : undefined;
    if (edge !== over?.edge || fits !== over?.fits) setOver(edge === undefined ? undefined : { edge, fits });
  };
  const spotOf = (event: DragEvent, operator: Operator) => {
    const edge = edgeAt(event, edges);
    const { x, y } = placeOf(event);
    const place = { x: x - SIZE.width / 2, y: y - SIZE.height / 2 };
    return edge !== undefined && fitsBetween(kindOfOperator(operator))
      ? ({ kind: 'between', ...endsOf(edge), place } as const)
      : ({ kind: 'free', place } as const);
  };
  return {
    over,
    onDragOver: (event: DragEvent): void => {
      event.preventDefault();
      const { types } = event.dataTransfer;
      if (types.includes(OPERATOR_TYPE)) hold(event, types.includes(BETWEEN_TYPE));
    },
    onDragLeave: (): void => setOver(undefined),
    onDrop: (event: DragEvent): void => {
      event.preventDefault();
      setOver(undefined);
      const operator = operators.find(({ id }) => id === event.dataTransfer.getData(OPERATOR_TYPE));
      if (operator === undefined || !mayDesign) return;
      const spot = spotOf(event, operator);
      const added = addOperator(stages, operator, spot);
      if (added !== undefined) edit(spot.kind === 'between' ? 'splice' : 'add', added.document, { select: [added.id] });
    },
    /** While a stage is moved. */
    onMove: (point: Point, id: string): void => {
      if (isAlone(stages, id)) hold(point, fitsStage(stages, id));
    },
    /** Where a stage was let go: it goes into the connection there. */
    onMoved: (point: Point, id: string): void => {
      setOver(undefined);
      const edge = mayDesign && isAlone(stages, id) && fitsStage(stages, id) ? edgeAt(point, edges) : undefined;
      if (edge === undefined) return;
      const { from, to } = endsOf(edge);
      const spliced = splice(stages, from, to, id);
      if (spliced !== stages) edit('splice', makeRoom(spliced, id, from.stage, to), { select: [id] });
    },
  };
};

const fitsStage = (document: PipelineDocument, id: string): boolean => {
  const stage = stageOf(document, id);
  return stage !== undefined && fitsBetween(kindOf(stage));
};
