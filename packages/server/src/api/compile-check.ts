import { compilePlan, type OperatorRegistry, type PipelineFacts, type Plan } from '@penstock/engine';
import { hasErrors, type Issue, type JsonObject } from '@penstock/model';

/** Topics the service keeps for organisations; each may only be used by the organisation in its name. */
const ORGANIZATION_TOPIC = /^MEASURE_POINT_(?:ORIGIN|INTERNAL|CAL)_(?:OFFLINE_)?(.+)$/;
/** Topics the service keeps for itself: state, repartitioning, dead letters, marks of replays, Kafka's own. */
const INTERNAL_TOPIC = /^(?:penstock-|PENSTOCK_DEAD_LETTER|__)/;

const TOPIC_FORBIDDEN = 'TOPIC_FORBIDDEN';
export const isTopicIssue = (issue: Issue): boolean => issue.code === TOPIC_FORBIDDEN;

export interface Checked {
  /** Present when no issue is an error. */
  readonly plan?: Plan;
  readonly issues: readonly Issue[];
}

/** Compiles a document as a worker does, and keeps it within its organisation. Pure. */
export const checkDocument = (document: JsonObject, registry: OperatorRegistry, facts: PipelineFacts): Checked => {
  const { plan, issues } = compilePlan(document, { registry, facts });
  if (plan === undefined) return { issues };
  const all = [...issues, ...checkTopics(plan)];
  return hasErrors(all) ? { issues: all } : { plan, issues: all };
};

const checkTopics = (plan: Plan): Issue[] => {
  const { source } = plan;
  const used = source.spec.kind === 'topic' ? [{ stage: source.instanceName, topic: source.spec.topic }] : [];
  for (const { definition, config, instanceName } of plan.parts.flatMap((part) => part.stages)) {
    const target = definition.kind === 'target' ? definition.target(config, plan.facts) : undefined;
    if (target?.kind === 'topic') used.push({ stage: instanceName, topic: target.topic });
  }
  return used.flatMap(({ stage, topic }) => {
    const problem = problemOf(topic, plan.facts.orgId);
    return problem === undefined
      ? []
      : [{ code: TOPIC_FORBIDDEN, severity: 'error' as const, path: '', stage, message: problem }];
  });
};

const problemOf = (topic: string, orgId: string): string | undefined => {
  if (INTERNAL_TOPIC.test(topic)) return `The topic "${topic}" belongs to the service itself. Choose another topic.`;
  const owner = ORGANIZATION_TOPIC.exec(topic)?.[1];
  if (owner === undefined || owner === orgId || topic.endsWith(`_${orgId}`)) return undefined;
  return `The topic "${topic}" belongs to another organization. Choose a topic of "${orgId}".`;
};
