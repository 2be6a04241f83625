import type { OperatorDefinition } from '@penstock/engine';
import type { JsonObject, JsonValue } from '@penstock/model';
import { edhKafkaConsumer } from '../library/edh-kafka-consumer/operator.ts';
import { edhKafkaProducer } from '../library/edh-kafka-producer/operator.ts';
import { SOURCE, type TemplatePlan, type TemplateStage } from './template.ts';

const TARGET = 'EDHKafkaProducer_01';
/** Between stages on a canvas, in pixels. */
const STEP = { x: 220, y: 120 };
const STAGE_TYPES = { source: 'SOURCE', processor: 'PROCESSOR', target: 'TARGET' } as const;

/**
 * The document (contract D) of the stages of a template: what they read and write is the internal topic of the
 * organisation and channel, as for every general pipeline, and each record counts exactly once.
 */
export const templateDocument = (title: string, { stages, outputs }: TemplatePlan): JsonObject => {
  const all: readonly TemplateStage[] = [
    { name: SOURCE, operator: edhKafkaConsumer, config: {}, from: [] },
    ...stages,
    { name: TARGET, operator: edhKafkaProducer, config: {}, from: outputs },
  ];
  return {
    pipelineConfig: {
      schemaVersion: 5,
      version: 1,
      title,
      description: '',
      configuration: [
        { name: 'executionMode', value: 'STANDALONE' },
        { name: 'deliveryGuarantee', value: 'EXACTLY_ONCE' },
      ],
      stages: all.map((stage) => stageDocument(stage, all)),
    },
  };
};

const stageDocument = (stage: TemplateStage, all: readonly TemplateStage[]): JsonObject => {
  const { name, operator, config, from } = stage;
  const depth = depthOf(stage, all);
  const beside = all.filter((other) => depthOf(other, all) === depth).indexOf(stage);
  return {
    instanceName: name,
    library: operator.library,
    stageName: operator.stageName,
    stageVersion: String(operator.version),
    configuration: Object.entries(config).map(([key, value]): JsonObject => ({ name: key, value: value as JsonValue })),
    uiInfo: {
      label: labelOf(operator, name),
      description: '',
      xPos: depth * STEP.x,
      yPos: beside * STEP.y,
      stageType: STAGE_TYPES[operator.kind],
    },
    inputLanes: from.map(laneOf),
    outputLanes: all.some((other) => other.from.includes(name)) ? [laneOf(name)] : [],
    eventLanes: [],
    services: [],
  };
};

const laneOf = (name: string): string => `${name}OutputLane`;

/** Several stages of an operator are told apart as people do it: `Threshold Selector 2`. */
const labelOf = ({ label }: OperatorDefinition, name: string): string => {
  const number = Number(/_(\d+)$/.exec(name)?.[1] ?? 1);
  return number === 1 ? label : `${label} ${number}`;
};

/** How many stages there are between it and the data source; stages come behind those that feed them. */
const depthOf = ({ from }: TemplateStage, all: readonly TemplateStage[]): number =>
  from.reduce((depth, name) => {
    const feeding = all.find((stage) => stage.name === name);
    return feeding === undefined ? depth : Math.max(depth, depthOf(feeding, all) + 1);
  }, 0);
