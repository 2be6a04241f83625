import type { KafkaClient } from '@penstock/kafka';
import { grantsTopic, systemTopicsOf } from '@penstock/model';
import { requireOrganization } from '../use-case/find-organization.ts';
import { readUsableTopics } from '../use-case/read-topic-grants.ts';
import { type UseCaseDeps, UseCaseError } from '../use-case/use-case.ts';
import { type LookOrder, lookIntoTopic, type TopicLook } from './look-into-topic.ts';

export interface TopicLooksDeps extends Pick<UseCaseDeps, 'store'> {
  /** Errors: `KAFKA_NOT_CONFIGURED`, `KAFKA_UNREACHABLE`. */
  readonly cluster: () => Promise<KafkaClient>;
}

/** At a time, of this instance; each holds connections and some megabytes. */
const AT_ONCE = 8;
/** Of one organisation, so that others are not kept waiting. */
const OF_ORGANIZATION = 2;

/** Topics that Penstock keeps for itself, that every organisation has, or that are of Kafka. */
const RESERVED = /^(penstock[-_]|__|MEASURE_POINT_(ORIGIN|INTERNAL|CAL)(_|$))/i;

/** Lets organisations look into the topics that their pipelines may read. */
export class TopicLooks {
  readonly #deps: TopicLooksDeps;
  readonly #underWay: string[] = [];

  constructor(deps: TopicLooksDeps) {
    this.#deps = deps;
  }

  /**
   * Errors: `ORGANIZATION_UNKNOWN`; `TOPIC_UNKNOWN` also for topics that the organisation may not read;
   * `TOPIC_READS_BUSY`; those of `lookIntoTopic`.
   */
  async look(orgId: string, order: LookOrder, signal: AbortSignal): Promise<TopicLook> {
    await this.#requireReadable(orgId, order.topic);
    if (this.#underWay.length >= AT_ONCE || this.#underWay.filter((other) => other === orgId).length >= OF_ORGANIZATION)
      throw new UseCaseError('TOPIC_READS_BUSY', 'unavailable', 'Topics are being looked into already. Try again.');
    this.#underWay.push(orgId);
    try {
      return await lookIntoTopic(await this.#deps.cluster(), order, signal);
    } finally {
      this.#underWay.splice(this.#underWay.indexOf(orgId), 1);
    }
  }

  async #requireReadable(orgId: string, topic: string): Promise<void> {
    const { db } = this.#deps.store;
    await requireOrganization(db, orgId);
    if (systemTopicsOf(orgId).includes(topic)) return;
    if (!RESERVED.test(topic) && grantsTopic(await readUsableTopics(db, orgId), topic, 'read')) return;
    throw new UseCaseError(
      'TOPIC_UNKNOWN',
      'not-found',
      'There is no topic by this name that the organisation may read.',
      {
        params: { topic },
      },
    );
  }
}
