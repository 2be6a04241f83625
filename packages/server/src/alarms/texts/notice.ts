import { isJsonObject, type JsonValue } from '@penstock/model';
import { NOTICE_KINDS, type NoticeKind } from '../rules/alarm-state.ts';
import type { AlarmFacts } from '../rules/conditions.ts';
import { type AlarmRule, isAlarmRule } from '../settings/alarm-settings.ts';

/** What a notice is of: an alarm of a pipeline, or a resource of the organisation that is running out. */
export type NoticeRule = AlarmRule | 'resource';

/** What is told: code and parameters, of which texts are made in the receiver's language. Nothing of records is in it. */
export interface AlarmNotice {
  readonly kind: NoticeKind | 'test';
  /** Null in a test. */
  readonly rule: NoticeRule | null;
  /** The same in all that is told from one time that all was normal to the next. */
  readonly incidentId: string;
  readonly orgId: string;
  /** Null in a test, and of resources. */
  readonly pipelineId: string | null;
  readonly pipelineName: string;
  /** When it was decided, and since when what is told holds (Unix ms). */
  readonly at: number;
  readonly since: number;
  readonly facts: AlarmFacts;
}

export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];
export const languageOf = (text: string): Language => (text === 'zh' ? 'zh' : 'en');

/** A notice as it is kept. It is written by this service alone, anything else is damage. */
export const parseNotice = (stored: Readonly<Record<string, unknown>>): AlarmNotice => {
  const { kind, rule, facts } = stored;
  const known = [...NOTICE_KINDS, 'test' as const].find((word) => word === kind);
  const ofRule = rule === null ? null : ruleOf(rule);
  if (known === undefined || ofRule === undefined) throw new Error(`A notice of "${String(kind)}" is unknown`);
  return {
    kind: known,
    rule: ofRule,
    incidentId: String(stored.incidentId),
    orgId: String(stored.orgId),
    pipelineId: stored.pipelineId === null ? null : String(stored.pipelineId),
    pipelineName: String(stored.pipelineName),
    at: Number(stored.at),
    since: Number(stored.since),
    facts: factsOf(facts),
  };
};

const ruleOf = (rule: unknown): NoticeRule | undefined =>
  typeof rule === 'string' && (rule === 'resource' || isAlarmRule(rule)) ? rule : undefined;

/** Facts as they are kept, with nothing in them but texts and numbers. */
export const factsOf = (stored: unknown): AlarmFacts => {
  const entries = isJsonObject(stored as JsonValue) ? Object.entries(stored as object) : [];
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string | number] => ['string', 'number'].includes(typeof entry[1])),
  );
};
