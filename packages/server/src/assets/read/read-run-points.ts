import type { AssetsReplyDraft, PointQuestion } from '@penstock/model';
import { sql } from 'drizzle-orm';
import { rowsOf } from '../../store/migrations.ts';
import type { Database } from '../../store/store.ts';
import type { PointEntry } from '../shapes/entries.ts';
import { lineageOf } from '../shapes/inheritance.ts';
import { readParents } from './read-models.ts';
import type { ReplyRoom } from './read-tree-places.ts';

type PointAnswers = NonNullable<AssetsReplyDraft['points']>;
type Point = NonNullable<PointAnswers[number]['point']>;

/** Points as models define them, for those of the questions for which there is room; for the first one always. */
export const pointsOf = async (
  db: Database,
  orgId: string,
  questions: readonly PointQuestion[],
  room: ReplyRoom,
): Promise<PointAnswers> => {
  const parents = await readParents(db, orgId);
  const lines = questions.map(({ modelId }) => lineageOf(parents, modelId).map((model) => model.modelId));
  const found = await readPoints(db, orgId, [...new Set(lines.flat())], questions);
  const answers: PointAnswers = [];
  for (const [at, { by, id }] of questions.entries()) {
    // The nearest one: a measurement may stand at several points of a line.
    const point = lines[at]
      ?.toReversed()
      .flatMap((modelId) => found.get(keyOf(modelId, by, id)) ?? [])
      .at(0);
    const answer = { at, point: point ?? null };
    room.chars -= JSON.stringify(answer).length;
    if (answers.length > 0 && room.chars < 0) break;
    answers.push(answer);
  }
  return answers;
};

const keyOf = (modelId: string, by: PointQuestion['by'], id: string): string => JSON.stringify([modelId, by, id]);

/** The points of some models that are asked for, under each way they may be asked for. */
const readPoints = async (
  db: Database,
  orgId: string,
  modelIds: readonly string[],
  questions: readonly PointQuestion[],
): Promise<ReadonlyMap<string, Point>> => {
  const found = new Map<string, Point>();
  if (modelIds.length === 0) return found;
  const texts = (all: readonly string[]) => sql`(select jsonb_array_elements_text(${JSON.stringify(all)}::jsonb))`;
  const ids = (by: PointQuestion['by']) => texts(questions.flatMap((one) => (one.by === by ? [one.id] : [])));
  const rows = rowsOf(
    await db.execute(sql`
      select m.model_id, p.value as point
      from asset_models m cross join lateral jsonb_array_elements(m.points) with ordinality as p(value, nth)
      where m.org_id = ${orgId} and m.model_id in ${texts(modelIds)}
        and (p.value ->> 'pointId' in ${ids('point')} or p.value ->> 'measurementId' in ${ids('measurement')})
      order by m.model_id, p.nth`),
  );
  for (const { model_id, point: given } of rows) {
    const modelId = String(model_id);
    // Kept as entries were checked.
    const point = factsOf(modelId, given as PointEntry);
    const names = [
      keyOf(modelId, 'point', point.pointId),
      ...(point.measurementId === '' ? [] : [keyOf(modelId, 'measurement', point.measurementId)]),
    ];
    // The first of a model is the one, should several measure the same.
    for (const name of names) if (!found.has(name)) found.set(name, point);
  }
  return found;
};

const factsOf = (modelId: string, point: PointEntry): Point => ({
  pointId: point.pointId,
  modelId,
  name: point.name ?? '',
  description: point.description ?? '',
  dataType: point.dataType ?? '',
  signalType: point.signalType ?? '',
  unit: point.unit ?? '',
  measurementId: point.measurementId ?? '',
  accessMode: point.accessMode ?? '',
  priority: point.priority ?? '',
  createTime: point.createTime ?? '',
  hasQuality: point.hasQuality ?? false,
  // What JSON can say.
  attributes: (point.attributes ?? {}) as Point['attributes'],
  tags: point.tags ?? {},
});
