import { type PipelineDocument, stageOf, stagesOf } from '../../../document/shape.ts';
import { type Place, placeOf, STEP_X } from '../../../document/stages.ts';

const STEP_Y = 120;

/** Where there is room for a stage that is added behind another, or anywhere. */
export const spotBeside = (document: PipelineDocument, id: string | undefined): Place => {
  const stages = stagesOf(document);
  const places = stages.flatMap((stage) => placeOf(stage) ?? []);
  const stage = id === undefined ? undefined : stageOf(document, id);
  const from = stage === undefined ? undefined : placeOf(stage);
  const right = Math.max(-STEP_X, ...places.map(({ x }) => x));
  let spot: Place =
    from === undefined ? { x: right + STEP_X, y: places[0]?.y ?? 0 } : { x: from.x + STEP_X, y: from.y };
  while (places.some(({ x, y }) => Math.abs(x - spot.x) < STEP_X - 40 && Math.abs(y - spot.y) < STEP_Y - 20))
    spot = { x: spot.x, y: spot.y + STEP_Y };
  return spot;
};
