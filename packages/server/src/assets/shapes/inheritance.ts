import type { Problems } from './problems.ts';

/** What inheritance looks at of a model. */
export interface ModelHead {
  readonly modelId: string;
  readonly parentId: string | null;
  /** Of its own points. */
  readonly pointIds: readonly string[];
}

/** Models from a root down to one of them at most. */
export const MAX_MODEL_DEPTH = 16;

type Models<H extends Pick<ModelHead, 'parentId'>> = ReadonlyMap<string, H>;

/**
 * A model and its ancestors, the root first. Ends early, without the rest, where an ancestor is missing or comes twice:
 * what is stored has neither.
 */
export const lineageOf = <H extends Pick<ModelHead, 'modelId' | 'parentId'>>(
  models: Models<H>,
  modelId: string,
): H[] => {
  const line: H[] = [];
  const seen = new Set<string>();
  for (let at: string | null = modelId; at !== null && !seen.has(at); ) {
    const head = models.get(at);
    if (head === undefined) break;
    seen.add(at);
    line.push(head);
    at = head.parentId;
  }
  return line.reverse();
};

/** `/root/child`, as records name the inheritance of their model (contract G.1). */
export const modelIdPathOf = (models: Models<Pick<ModelHead, 'modelId' | 'parentId'>>, modelId: string): string =>
  lineageOf(models, modelId)
    .map((model) => `/${model.modelId}`)
    .join('');

/** The model and all that inherit from it, however far down. */
export const descendantsOf = (
  models: Models<Pick<ModelHead, 'modelId' | 'parentId'>>,
  modelId: string,
): ReadonlySet<string> => {
  const found = new Set<string>();
  for (const candidate of models.keys())
    if (lineageOf(models, candidate).some((ancestor) => ancestor.modelId === modelId)) found.add(candidate);
  return found;
};

/**
 * Refuses what is no inheritance: a parent that is not there, a circle, a line too long, a point that an ancestor has
 * already. Each point of a model has one definition, so that a row with a parent's point means the same for its children.
 * `placeOf` says where a model was read from; models that nobody sent are named by their child or point.
 */
export const checkInheritance = (
  models: Models<ModelHead>,
  placeOf: (modelId: string) => string,
  problems: Problems,
): void => {
  const circled = new Set<string>();
  for (const { modelId, parentId, pointIds } of models.values()) {
    if (parentId !== null && !models.has(parentId)) {
      problems.add(
        'ASSET_MODEL_UNKNOWN',
        `${placeOf(modelId)}/parentId`,
        `There is no model "${parentId}" to be the parent of "${modelId}".`,
      );
      continue;
    }
    const line = lineageOf(models, modelId);
    const top = line[0]?.parentId ?? null;
    if (top !== null && models.has(top)) {
      // Told once for a circle, and not again for each of what hangs below it.
      const end = line.findIndex((each) => each.modelId === top);
      const circle = line.slice(0, end + 1).map((each) => each.modelId);
      if (circle.some((each) => circled.has(each))) continue;
      for (const each of circle) circled.add(each);
      const way = [...circle.toReversed(), top].map((each) => `"${each}"`).join(' from ');
      problems.add('ASSET_MODEL_CIRCLE', `${placeOf(top)}/parentId`, `Models inherit in a circle: ${way}.`);
      continue;
    }
    if (line.length > MAX_MODEL_DEPTH)
      problems.add(
        'ASSET_MODEL_TOO_DEEP',
        `${placeOf(modelId)}/parentId`,
        `"${modelId}" has ${line.length - 1} ancestors; models may have ${MAX_MODEL_DEPTH - 1}.`,
      );
    checkOwnPoints(modelId, pointIds, line.slice(0, -1), placeOf, problems);
  }
};

const checkOwnPoints = (
  modelId: string,
  pointIds: readonly string[],
  ancestors: readonly ModelHead[],
  placeOf: (modelId: string) => string,
  problems: Problems,
): void => {
  if (ancestors.length === 0 || pointIds.length === 0) return;
  const owner = new Map(ancestors.flatMap((each) => each.pointIds.map((pointId) => [pointId, each.modelId] as const)));
  pointIds.forEach((pointId, index) => {
    const from = owner.get(pointId);
    if (from === undefined) return;
    problems.add(
      'ASSET_POINT_INHERITED',
      `${placeOf(modelId)}/points/${index}`,
      `"${modelId}" has the point "${pointId}" from "${from}" already: leave it out, or give it another id.`,
    );
  });
};
