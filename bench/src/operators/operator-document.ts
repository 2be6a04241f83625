import type { OperatorDefinition } from '@penstock/engine';
import { DeliveryGuarantee, isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import { consumer, producer, type StageSketch } from '@penstock/testkit';

/** A stage with the operator that it is of. */
export interface BenchStage {
  readonly definition: OperatorDefinition;
  readonly config: JsonObject;
  /** Its output lanes; what comes out of the first is written, where `isWritten`. */
  readonly lanes: readonly string[];
  readonly isWritten: boolean;
}

/** Of the stage that is measured, which is the last of them. */
export const MEASURED = 'Measured_01';
export const SOURCE = 'EDHKafkaConsumer_01';
export const TARGET = 'EDHKafkaProducer_01';

const rowsOf = (config: JsonObject): JsonObject[] => Object.entries(config).map(([name, value]) => ({ name, value }));

const known = ({ name, config = {}, label = '' }: StageSketch, inputLanes: string[], outputLanes: string[]) => ({
  ...{ instanceName: name, library: '', stageName: '', stageVersion: '1' },
  ...{ configuration: rowsOf({ ...config }), uiInfo: { label }, inputLanes, outputLanes },
});

const TRASH: StageSketch = { name: '', label: 'Trash' };

/**
 * Reads a topic that is partitioned by asset, has its records worked on by these stages side by side, and writes what
 * comes out of the last one; where there is none, it writes what it reads (`isWritten`), or nothing.
 */
export const operatorDocument = (
  input: string,
  output: string,
  stages: readonly BenchStage[],
  isWritten = true,
): JsonObject => {
  const read = 'read';
  const own = stages.map((stage, index) => {
    const name = index === stages.length - 1 ? MEASURED : `Beside_${index}`;
    return {
      ...stage,
      name,
      lanes: stage.lanes.map((lane) => (index === stages.length - 1 ? lane : `${name}_${lane}`)),
    };
  });
  const measured = own.at(-1);
  const written =
    measured === undefined ? (isWritten ? [read] : []) : measured.isWritten ? measured.lanes.slice(0, 1) : [];
  const left = [...(stages.length === 0 ? [read] : []), ...own.flatMap(({ lanes }) => lanes)].filter(
    (lane) => !written.includes(lane),
  );
  return {
    title: 'bench-operators',
    configuration: rowsOf({ deliveryGuarantee: DeliveryGuarantee.ExactlyOnce }),
    stages: [
      known(consumer(input, { partitionedBy: 'ASSET' }), [], [read]),
      ...own.map(({ definition, config, lanes, name }) => ({
        ...{ instanceName: name, library: definition.library, stageName: definition.stageName, stageVersion: '1' },
        ...{ configuration: rowsOf(config), uiInfo: { label: definition.label } },
        ...{ inputLanes: [read], outputLanes: [...lanes] },
      })),
      ...(written.length === 0 ? [] : [known(producer(output, ''), [...written], [])]),
      ...left.map((lane, index) => known({ ...TRASH, name: `Trash_${index}` }, [lane], [])),
    ],
  };
};

/** Whatever a configuration asks over HTTP, asked of this server instead. */
export const askingAt = (config: JsonObject, baseUrl: string): JsonObject => asked(config, baseUrl) as JsonObject;

const asked = (value: JsonValue, baseUrl: string): JsonValue => {
  if (typeof value === 'string') return value.replace(/^https?:\/\/[^/]+/, baseUrl);
  if (Array.isArray(value)) return value.map((item) => asked(item, baseUrl));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, asked(inner, baseUrl)]));
};
