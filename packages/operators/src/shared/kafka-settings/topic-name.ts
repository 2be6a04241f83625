import type { PipelineFacts } from '@penstock/engine';
import { grantsTopic, type Issue, systemTopicsOf, type TopicUse } from '@penstock/model';
import { optionIssue } from '../config/option-issue.ts';

const SYSTEM_TOPIC = /^MEASURE_POINT_(ORIGIN|INTERNAL|CAL)(_|$)/;
const UNSUFFIXED = /^MEASURE_POINT_(ORIGIN|INTERNAL|CAL)$/;
const RESERVED = /^(penstock[-_]|__)/i;
/** Kafka's own rule for topic names. */
const LEGAL = /^[A-Za-z0-9._-]{1,249}$/;

/**
 * The topic a stage means (contract G.2): an empty name is the channel's internal topic of the organisation (general
 * pipelines), a system topic's name without organisation is that of the organisation and channel, and anything else
 * is a topic of the user's own (advanced pipelines).
 */
export const resolveTopic = (configured: string, pipeline: PipelineFacts): string => {
  const name = configured.trim();
  if (name !== '' && !UNSUFFIXED.test(name)) return name;
  const kind = UNSUFFIXED.exec(name)?.[1] ?? 'INTERNAL';
  return `MEASURE_POINT_${kind}_${pipeline.messageChannel === 1 ? 'OFFLINE_' : ''}${pipeline.orgId}`;
};

/** True for one of the six topics every organisation has. */
export const isSystemTopic = (topic: string, pipeline: PipelineFacts): boolean =>
  systemTopicsOf(pipeline.orgId).includes(topic);

/**
 * True for the organisation's topics of measurement points, which are believed to be partitioned by `assetId`. Not
 * those of raw messages (ORIGIN): devices' messages have no `assetId` at the top.
 */
export const isPointTopic = (topic: string, pipeline: PipelineFacts): boolean =>
  isSystemTopic(topic, pipeline) && !topic.startsWith('MEASURE_POINT_ORIGIN');

/** What is wrong with a topic name, if anything: others' topics and Penstock's own are not for pipelines to name. */
export const checkTopic = (
  configured: string,
  path: string,
  pipeline: PipelineFacts,
  use: TopicUse = 'read',
): Issue[] => {
  const topic = resolveTopic(configured, pipeline);
  if (!LEGAL.test(topic) || topic === '.' || topic === '..')
    return [
      optionIssue(
        path,
        `"${topic}" is not a name Kafka allows: 1 to 249 letters, digits, dots, underscores and dashes.`,
      ),
    ];
  if (RESERVED.test(topic))
    return [
      optionIssue(
        path,
        `Topics whose names begin as that of "${topic}" are reserved. Choose another topic.`,
        'STAGE_TOPIC_FORBIDDEN',
      ),
    ];
  if (SYSTEM_TOPIC.test(topic) && !isSystemTopic(topic, pipeline))
    return [
      optionIssue(
        path,
        `"${topic}" is not one of the organisation's topics. Leave the name empty for its internal topic.`,
        'STAGE_TOPIC_FORBIDDEN',
      ),
    ];
  const { topicGrants } = pipeline;
  if (topicGrants !== undefined && !isSystemTopic(topic, pipeline) && !grantsTopic(topicGrants, topic, use))
    return [
      optionIssue(
        path,
        `The organisation was not granted to ${use} "${topic}". An administrator of the installation grants topics.`,
        'STAGE_TOPIC_NOT_GRANTED',
      ),
    ];
  return [];
};
