import type { StageKind } from '../../../document/shape.ts';

/** What a palette's row carries while it is dragged to the canvas. */
export const OPERATOR_TYPE = 'application/x-penstock-operator';

/** What is carried can be read at the end alone; of which kind it is, all the way. */
export const kindType = (kind: StageKind): string => `application/x-penstock-${kind}`;
