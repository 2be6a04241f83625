import { AppError } from '@penstock/model';
import { Type } from 'typebox';
import { actorOf } from '../../../auth/caller.ts';
import { type DeadLetter, type DeadLetterFilter, idOf } from '../../../dead-letters/dead-letter.ts';
import { groupDeadLetters } from '../../../dead-letters/group-dead-letters.ts';
import { listDeadLetters, type Position } from '../../../dead-letters/list-dead-letters.ts';
import { findDeadLetters, replayDeadLetters } from '../../../dead-letters/replay.ts';
import { ReplayMarks } from '../../../dead-letters/replay-marks.ts';
import type { KafkaAccess } from '../../../kafka/kafka-access.ts';
import { requireOrganization } from '../../../use-case/find-organization.ts';
import { recordAudit } from '../../../use-case/record-event.ts';
import type { UseCaseDeps } from '../../../use-case/use-case.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { requireOrganizationAccess } from '../../plugins/caller.ts';
import { decodeCursor, encodeCursor } from '../../plugins/cursor.ts';
import { ApiError } from '../../plugins/error-handler.ts';
import { explanationSchema } from '../../plugins/explain-codes.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { bearer, nullable, orgParams, pageOf, pageQuery, responses, time } from '../../plugins/schemas.ts';

export interface DeadLetterRouteDeps extends UseCaseDeps {
  readonly kafkaAccess: KafkaAccess;
}

const base = { tags: ['Dead letters'], security: bearer };
const filterFields = {
  pipelineId: Type.Optional(Type.String()),
  stage: Type.Optional(Type.String()),
  code: Type.Optional(Type.String()),
  since: Type.Optional(Type.Integer({ minimum: 0, description: 'Failed at this time or later (Unix ms).' })),
  until: Type.Optional(Type.Integer({ minimum: 0, description: 'Failed before this time (Unix ms).' })),
};
/** Letters one request may replay. */
const MAX_REPLAY = 1000;
/** Letters of a text that takes the place of a record. */
const MAX_EDIT = 1_000_000;

const base64 = (description: string) => nullable(Type.String({ contentEncoding: 'base64', description }));
const letterSchema = nameSchema(
  'DeadLetter',
  Type.Object({
    id: Type.String({ description: '`partition-offset` in the dead-letter topic' }),
    at: time('When it failed'),
    pipelineId: Type.String(),
    runId: Type.String(),
    stage: Type.String(),
    code: Type.String(),
    message: Type.String(),
    replayedAt: Type.Optional(time('When it was replayed last; absent where it never was')),
    explanation: Type.Optional(explanationSchema),
    source: Type.Object({
      topic: Type.String(),
      partition: Type.Integer(),
      offset: Type.Integer(),
      timestamp: Type.Integer(),
      place: Type.Optional(
        Type.Object(
          { number: Type.Integer(), start: Type.Integer(), length: Type.Integer() },
          {
            description:
              'Where the message held several records: which of them this is (from 0), and the bytes of the message where it stands. `value` is that record alone',
          },
        ),
      ),
    }),
    key: base64('Original key'),
    keyText: Type.Optional(Type.String({ description: 'The key, where it is UTF-8' })),
    value: base64('Original value; of a letter in pieces, the beginning of it'),
    isCut: Type.Optional(Type.Boolean({ description: 'The value is only the beginning of the original' })),
    valueBytes: Type.Optional(Type.Integer({ description: 'Size of the whole value, where it is cut' })),
    isReference: Type.Optional(
      Type.Boolean({
        description: 'The original was too large to be kept here; it is at `source`, while that topic keeps it',
      }),
    ),
    valueText: Type.Optional(Type.String({ description: 'The value, where it is UTF-8' })),
    record: Type.Optional(
      Type.String({ description: 'The record as the stage saw it, where it had been changed (JSON)' }),
    ),
    headers: Type.Array(Type.Object({ key: Type.String(), value: base64('Value') })),
  }),
);

/** Records that failed: looking at them, and sending them back. */
export const registerDeadLetterRoutes = (app: ApiInstance, deps: DeadLetterRouteDeps): void => {
  const marks = new ReplayMarks();
  void app.get(
    '/organizations/:orgId/dead-letters',
    {
      config: { permission: 'data.read' },
      schema: {
        ...base,
        summary: 'Dead letters, newest first',
        description: 'A page may be short, even empty, where a filter matches little: go on while there is a cursor.',
        params: orgParams,
        querystring: Type.Object({ ...pageQuery.properties, ...filterFields }),
        response: responses({ 200: pageOf(letterSchema) }, 503),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      const { limit, cursor, ...filter } = request.query;
      requireOrganizationAccess(request, orgId);
      await requireOrganization(deps.store.db, orgId);
      const from = decodeCursor(cursor, parsePosition);
      const client = await deps.kafkaAccess.cluster();
      const [{ letters, next }, replayed] = await Promise.all([
        listDeadLetters(client, orgId, { filter, limit, from }),
        marks.of(client, orgId),
      ]);
      return {
        items: letters.map((letter) => viewOf(letter, replayed)),
        nextCursor: next === undefined ? null : encodeCursor([...next]),
        total: null,
      };
    },
  );
  registerLooking(app, deps, marks);
  void app.post(
    '/organizations/:orgId/dead-letters/replay',
    {
      config: { permission: 'data.replay' },
      schema: {
        ...base,
        summary: 'Send dead letters back to where they came from, each once',
        params: orgParams,
        body: Type.Object({
          ids: Type.Optional(Type.Array(Type.String({ maxLength: 40 }), { minItems: 1, maxItems: MAX_REPLAY })),
          ...filterFields,
          max: Type.Optional(
            Type.Integer({ minimum: 1, maximum: MAX_REPLAY, description: 'With a filter: the newest at most.' }),
          ),
          from: Type.Optional(
            Type.Union([Type.Literal('stage'), Type.Literal('source')], {
              default: 'stage',
              description:
                '`stage`: each record goes on at the stage that refused it, and no other stage or pipeline sees it. `source`: it is sent as a new message, to every branch and to everybody who reads the topic.',
            }),
          ),
          again: Type.Optional(Type.Boolean({ description: 'Also those that were replayed before.' })),
          edits: Type.Optional(
            Type.Record(Type.String({ maxLength: 40 }), Type.String({ maxLength: MAX_EDIT }), {
              maxProperties: MAX_REPLAY,
              description:
                'With `ids`: texts that go on in place of what the stage saw (`record`), or of the value where there is no such record or it goes to the `source`; by the ids of letters.',
            }),
          ),
        }),
        response: responses(
          {
            200: Type.Object({
              replayed: Type.Integer(),
              skipped: Type.Array(Type.Object({ id: Type.String(), reason: Type.String() })),
            }),
          },
          409,
          503,
        ),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      const caller = requireOrganizationAccess(request, orgId);
      await requireOrganization(deps.store.db, orgId);
      const { ids, max, again, from, edits = {}, ...filter } = request.body;
      const hasFilter = Object.values(filter).some((value) => value !== undefined) || max !== undefined;
      if ((ids === undefined) !== hasFilter) {
        throw new ApiError(400, 'REQUEST_INVALID', 'Give either "ids", or a filter and "max".');
      }
      const stray = Object.keys(edits).find((id) => ids?.includes(id) !== true);
      if (stray !== undefined)
        throw new ApiError(400, 'REQUEST_INVALID', `"edits" has a text for "${stray}", which is not one of "ids".`);
      deps.assertOwnSite?.();
      const client = await deps.kafkaAccess.cluster();
      const letters =
        ids === undefined
          ? await newestMatching(client, orgId, filter, max ?? MAX_REPLAY)
          : await findDeadLetters(client, orgId, [...new Set(ids)]);
      const known = new Set(letters.map(idOf));
      const missing = (ids ?? []).filter((id) => !known.has(id)).map((id) => ({ id, reason: 'not-found' }));
      const options = {
        again: again ?? false,
        from: from ?? ('stage' as const),
        edits: new Map(Object.entries(edits)),
        now: () => deps.clock.now(),
      };
      const result = await replayDeadLetters(client, orgId, letters, options).catch(asConflict);
      const skippedIds = new Set(result.skipped.map(({ id }) => id));
      const edited = Object.keys(edits).filter((id) => known.has(id) && !skippedIds.has(id)).length;
      await recordAudit(deps.store.db, {
        at: deps.clock.now(),
        orgId,
        actor: actorOf(caller),
        action: 'dead-letters.replay',
        target: orgId,
        detail: `${result.replayed} replayed${edited === 0 ? '' : `, ${edited} with another text`}`,
      });
      return { replayed: result.replayed, skipped: [...missing, ...result.skipped] };
    },
  );
};

const groupSchema = nameSchema(
  'DeadLetterGroup',
  Type.Object({
    pipelineId: Type.String(),
    stage: Type.String(),
    code: Type.String(),
    day: time('Its beginning (UTC)'),
    count: Type.Integer(),
    oldestAt: time('When the oldest failed'),
    newestAt: time('When the newest failed'),
  }),
);

const groupsSchema = nameSchema(
  'DeadLetterGroups',
  Type.Object({
    groups: Type.Array(groupSchema),
    counted: Type.Integer({ description: 'Letters that were counted.' }),
    isWhole: Type.Boolean({ description: 'Whether these are all there are, and not only the newest.' }),
  }),
);

/** How many there are of what, and one of them. */
const registerLooking = (app: ApiInstance, deps: DeadLetterRouteDeps, marks: ReplayMarks): void => {
  void app.get(
    '/organizations/:orgId/dead-letter-groups',
    {
      config: { permission: 'data.read' },
      schema: {
        ...base,
        summary: 'Dead letters counted by pipeline, stage, cause and day; of very many the newest',
        params: orgParams,
        querystring: Type.Object(filterFields),
        response: responses(
          {
            200: groupsSchema,
          },
          503,
        ),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      requireOrganizationAccess(request, orgId);
      await requireOrganization(deps.store.db, orgId);
      const cluster = await deps.kafkaAccess.cluster();
      const { groups, ...rest } = await groupDeadLetters((from, limit) =>
        listDeadLetters(cluster, orgId, { filter: request.query, limit, from }),
      );
      return { groups: groups.map((group) => ({ ...group })), ...rest };
    },
  );
  void app.get(
    '/organizations/:orgId/dead-letters/:letterId',
    {
      config: { permission: 'data.read' },
      schema: {
        ...base,
        summary: 'One dead letter',
        params: Type.Object({ ...orgParams.properties, letterId: Type.String({ maxLength: 40 }) }),
        response: responses({ 200: letterSchema }, 503),
      },
    },
    async (request) => {
      const { orgId, letterId } = request.params;
      requireOrganizationAccess(request, orgId);
      await requireOrganization(deps.store.db, orgId);
      const client = await deps.kafkaAccess.cluster();
      const [[letter], replayed] = await Promise.all([
        findDeadLetters(client, orgId, [letterId]),
        marks.of(client, orgId),
      ]);
      if (letter === undefined)
        throw new ApiError(
          404,
          'DEAD_LETTER_UNKNOWN',
          `There is no dead letter "${letterId}"; it may be past its retention.`,
        );
      return viewOf(letter, replayed);
    },
  );
};

const asConflict = (error: unknown): never => {
  if (error instanceof AppError && error.code === 'REPLAY_TAKEN_OVER')
    throw new ApiError(409, error.code, error.message);
  throw error;
};

/** Pages until there are enough, or nothing older, or a bounded number of pages has been looked at. */
const newestMatching = async (
  client: Awaited<ReturnType<KafkaAccess['cluster']>>,
  orgId: string,
  filter: DeadLetterFilter,
  max: number,
): Promise<DeadLetter[]> => {
  const found: DeadLetter[] = [];
  let from: Position | undefined;
  for (let pages = 0; pages < 50 && found.length < max; pages++) {
    const page = await listDeadLetters(client, orgId, { filter, limit: max - found.length, from });
    found.push(...page.letters);
    if (page.next === undefined) break;
    from = page.next;
  }
  return found;
};

const parsePosition = (value: unknown): Position | undefined => {
  const isPair = (pair: unknown): pair is [number, number] =>
    Array.isArray(pair) && pair.length === 2 && pair.every((part) => Number.isSafeInteger(part) && part >= 0);
  return Array.isArray(value) && value.every(isPair) ? new Map(value) : undefined;
};

const viewOf = (letter: DeadLetter, replayed: ReadonlyMap<string, number>) => ({
  id: idOf(letter),
  at: letter.at,
  pipelineId: letter.pipelineId,
  runId: letter.runId,
  stage: letter.stage,
  code: letter.code,
  message: letter.message,
  ...replayedOf(replayed.get(idOf(letter))),
  source: { ...letter.source },
  key: letter.key?.toString('base64') ?? null,
  ...textOf('keyText', letter.key),
  value: letter.value?.toString('base64') ?? null,
  ...(letter.pieces === undefined ? {} : { isCut: true, valueBytes: Math.max(0, letter.pieces.layout.value) }),
  ...(letter.isReference === true ? { isReference: true } : {}),
  ...textOf('valueText', letter.value),
  ...(letter.record === undefined ? {} : { record: letter.record }),
  headers: letter.headers.map(({ key, value }) => ({
    key: key.toString('utf8'),
    value: value?.toString('base64') ?? null,
  })),
});

const replayedOf = (replayedAt: number | undefined): { replayedAt?: number } =>
  replayedAt === undefined ? {} : { replayedAt };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const textOf = <N extends string>(name: N, bytes: Buffer | null): { [K in N]?: string } => {
  if (bytes === null) return {};
  try {
    const found: { [K in N]?: string } = {};
    found[name] = utf8.decode(bytes);
    return found;
  } catch {
    return {}; // not UTF-8: the base64 form is all there is
  }
};
