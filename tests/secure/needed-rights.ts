import type { KafkaSecurity } from '@penstock/dev';
import type { KafkaSettings } from '@penstock/model';

type Rights = NonNullable<KafkaSecurity['rights']>;

const prefixed = { resource: 'topic', pattern: 'PREFIXED' } as const;

/** What docs/operations.md says the user of the service and its workers needs; `inputs`, `outputs`: other topics. */
export const neededRights = (inputs: string, outputs: string): Rights => [
  { ...prefixed, name: 'penstock-', operations: ['READ', 'WRITE', 'CREATE', 'DELETE', 'ALTER', 'DESCRIBE_CONFIGS'] },
  { ...prefixed, name: 'MEASURE_POINT_', operations: ['READ', 'WRITE', 'CREATE', 'DESCRIBE_CONFIGS'] },
  { ...prefixed, name: 'PENSTOCK_DEAD_LETTER', operations: ['READ', 'WRITE', 'CREATE', 'DESCRIBE_CONFIGS'] },
  { ...prefixed, name: inputs, operations: ['READ', 'WRITE', 'DESCRIBE_CONFIGS'] },
  { ...prefixed, name: outputs, operations: ['WRITE', 'DESCRIBE_CONFIGS'] },
  { resource: 'group', pattern: 'PREFIXED', name: 'penstock-', operations: ['READ', 'DELETE'] },
  { resource: 'transactionalId', pattern: 'PREFIXED', name: 'penstock-', operations: ['WRITE'] },
];

/** The settings of the service for a secured broker. */
export const kafkaEnvironment = ({ sasl, tls }: KafkaSettings): Record<string, string> => ({
  ...(sasl === undefined
    ? {}
    : {
        KAFKA_SASL_MECHANISM: sasl.mechanism,
        KAFKA_SASL_USERNAME: sasl.username,
        KAFKA_SASL_PASSWORD: sasl.password,
      }),
  ...(tls?.ca === undefined ? {} : { KAFKA_TLS_CA: tls.ca }),
  ...(tls?.cert === undefined ? {} : { KAFKA_TLS_CERT: tls.cert }),
  ...(tls?.key === undefined ? {} : { KAFKA_TLS_KEY: tls.key }),
});
