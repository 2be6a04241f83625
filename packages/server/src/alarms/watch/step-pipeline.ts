import { type AlarmState, isAlarmStateName, type NoticeKind, normalSince } from '../rules/alarm-state.ts';
import { stepAlarm } from '../rules/alarm-step.ts';
import { type AlarmFacts, patienceOf, seeRule } from '../rules/conditions.ts';
import { ALARM_RULES, type AlarmRule, type AlarmSettings } from '../settings/alarm-settings.ts';
import { factsOf } from '../texts/notice.ts';
import type { AlarmRow, WatchedPipeline } from './read-watched.ts';

/** What a look at a pipeline makes of one of its alarms. Absent where nothing changes. */
export type AlarmChange =
  | { readonly kind: 'dropped'; readonly rule: AlarmRule }
  | {
      readonly kind: 'moved';
      readonly rule: AlarmRule;
      readonly before: AlarmState;
      readonly next: AlarmState;
      readonly notice?: NoticeKind;
      /** Since when what is told holds (Unix ms). */
      readonly noticeSince: number;
      readonly facts: AlarmFacts;
      /** It was shelved, and is no longer. */
      readonly returns: boolean;
    };

/** What has changed in a pipeline's alarms by what is known now. Pure. */
export const stepPipeline = (
  { facts }: Pick<WatchedPipeline, 'facts'>,
  settings: AlarmSettings,
  rows: readonly AlarmRow[],
  now: number,
): readonly AlarmChange[] =>
  ALARM_RULES.flatMap((rule): AlarmChange[] => {
    const row = rows.find((each) => each.rule === rule);
    const seen = seeRule(rule, settings, facts, now);
    // Somebody does not want it watched any more, and knows.
    if (seen === undefined) return row === undefined ? [] : [{ kind: 'dropped', rule }];
    const before = row === undefined ? normalSince(now) : stateOf(row);
    const { next, notice } = stepAlarm(before, seen.condition, now, patienceOf(rule, settings));
    const returns = row !== undefined && row.shelvedUntil !== null && row.shelvedUntil <= now;
    if (next === before && !returns) return [];
    return [
      {
        kind: 'moved',
        rule,
        before,
        next,
        ...(notice === undefined ? {} : { notice }),
        noticeSince: sinceOf(notice, before, next, rule === 'status' ? facts.statusSince : undefined, now),
        facts: next === before && row !== undefined ? factsOf(row.facts) : seen.facts,
        returns,
      },
    ];
  });

const sinceOf = (
  notice: NoticeKind | undefined,
  before: AlarmState,
  next: AlarmState,
  statusSince: number | undefined,
  now: number,
): number => {
  if (notice === 'raised') return statusSince ?? next.badSince ?? now;
  if (notice === 'no-data') return before.unknownSince ?? now;
  if (notice === 'recovered') return before.goodSince ?? now;
  // Told late, since it was shelved: it holds since it began.
  return notice === undefined ? (next.badSince ?? next.unknownSince ?? next.since) : now;
};

export const stateOf = (row: AlarmRow): AlarmState => {
  const { state, since, badSince, goodSince, unknownSince, wasRaised, wasNoData } = row;
  if (!isAlarmStateName(state)) throw new Error(`An alarm of pipeline ${row.pipelineId} has the state "${state}"`);
  return { state, since, badSince, goodSince, unknownSince, wasRaised, wasNoData };
};
