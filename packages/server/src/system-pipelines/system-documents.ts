import type { JsonObject } from '@penstock/model';

/** The two pipelines of a message channel (contract C.3). */
export type SystemRole = 'reader' | 'writer';

export interface SystemPipeline {
  readonly role: SystemRole;
  /** As consoles of EnOS name it. */
  readonly name: string;
  readonly description: string;
  readonly document: JsonObject;
}

type Topic = 'ORIGIN' | 'INTERNAL' | 'CAL';

/** Without the organisation: a stage takes that of its channel. */
const nameOf = (topic: Topic): string => `MEASURE_POINT_${topic}`;

interface Between {
  readonly title: string;
  readonly from: Topic;
  readonly to: Topic;
  readonly normalizerType: 'ORIGIN' | 'CAL';
}

/**
 * What brings uploads of devices to pipelines, and their results to where they are stored. Topics are named without the
 * organisation, so they are those of its channel. Each begins with what comes in after its first start.
 */
export const systemPipelinesOf = (messageChannel: 0 | 1): readonly SystemPipeline[] => {
  const channel = messageChannel === 1 ? 'Offline' : 'RealTime';
  const made = (role: SystemRole, name: string, description: string, between: Omit<Between, 'title'>) => {
    const title = `${name} ${channel}`;
    return { role, name: title, description, document: documentOf({ title, ...between }) };
  };
  return [
    made(
      'reader',
      'Data Reader',
      'Brings the points that released pipelines read from the uploads of devices to the internal topic.',
      { from: 'ORIGIN', to: 'INTERNAL', normalizerType: 'ORIGIN' },
    ),
    made(
      'writer',
      'Data Writer',
      'Brings the points that released pipelines put out from the internal topic to where they are stored.',
      { from: 'INTERNAL', to: 'CAL', normalizerType: 'CAL' },
    ),
  ];
};

const documentOf = ({ title, from, to, normalizerType }: Between): JsonObject => ({
  title,
  configuration: [],
  stages: [
    {
      ...stage('EDHKafkaConsumer_01', 'EDH Kafka Consumer', { 'kafkaConfigBean.topic': nameOf(from) }),
      inputLanes: [],
      outputLanes: ['EDHKafkaConsumer_01_out'],
    },
    {
      ...stage('Normalizer_01', 'Normalizer', { normalizerType }),
      inputLanes: ['EDHKafkaConsumer_01_out'],
      outputLanes: ['Normalizer_01_out'],
    },
    {
      ...stage('EDHKafkaProducer_01', 'EDH Kafka Producer', { 'conf.topic': nameOf(to) }),
      inputLanes: ['Normalizer_01_out'],
      outputLanes: [],
    },
  ],
});

const stage = (instanceName: string, label: string, config: Readonly<Record<string, string>>) => ({
  instanceName,
  library: '',
  stageName: '',
  stageVersion: '1',
  configuration: Object.entries(config).map(([name, value]) => ({ name, value })),
  uiInfo: { label },
});
