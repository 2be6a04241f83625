import { type Issue, MAX_POINTS_ASKED, type PointFacts } from '@penstock/model';
import type { TemplatePoint } from '@penstock/operators';
import { pointsOf } from '../assets/read/read-run-points.ts';
import type { Database } from '../store/open-store.ts';

const NUMERIC: ReadonlySet<string> = new Set(['INTEGER', 'LONG', 'FLOAT', 'DOUBLE']);

/**
 * Points of a template's form whose models say that they are of another type than they have to be (contract F.3): inputs
 * numeric, outputs of energy of PI type. Of points that no model of the organisation has, or whose type it leaves open,
 * nothing is said: output points need not be in a model unless they are to be stored.
 */
export const checkTemplatePoints = async (
  db: Database,
  orgId: string,
  points: readonly TemplatePoint[],
): Promise<readonly Issue[]> => {
  const issues: Issue[] = [];
  for (let from = 0; from < points.length; from += MAX_POINTS_ASKED) {
    const asked = points.slice(from, from + MAX_POINTS_ASKED);
    const questions = asked.map(({ point: { modelId, pointId } }) => ({ modelId, by: 'point' as const, id: pointId }));
    for (const { at, point } of await pointsOf(db, orgId, questions, { chars: Number.POSITIVE_INFINITY })) {
      const named = asked[at];
      const problem = named === undefined || point === null ? undefined : problemOf(named, point);
      if (named !== undefined && problem !== undefined)
        issues.push({
          code: 'TEMPLATE_POINT_TYPE_NOT_VALID',
          severity: 'error',
          path: named.path,
          message: `"${named.point.modelId}::${named.point.pointId}" ${problem}`,
        });
    }
  }
  return issues;
};

const problemOf = ({ wanted }: TemplatePoint, { dataType, signalType }: PointFacts): string | undefined => {
  if (wanted === 'PI' && signalType !== '' && signalType !== 'PI')
    return `is of the type ${signalType}. What energy is put out under must be of PI type: name another point, or correct the model.`;
  if (wanted === 'numeric' && dataType !== '' && !NUMERIC.has(dataType))
    return `holds values of the type ${dataType}. It must be numeric: name another point, or correct the model.`;
  return undefined;
};
