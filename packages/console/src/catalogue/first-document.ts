import type { Operator } from '@penstock/client/session';
import { fieldsOf } from '../document/fields.ts';
import type { JsonObject } from '../document/json.ts';
import type { PipelineDocument } from '../document/shape.ts';
import { STEP_X } from '../document/stages.ts';
import { BEGINNINGS, type Beginning } from './beginnings.ts';
import { addOperator, openOutput, type Spot } from './operators.ts';

/** A document of contract D with nothing in it. */
const emptyDocument = (title: string): { pipelineConfig: JsonObject } => ({
  pipelineConfig: {
    schemaVersion: 5,
    version: 1,
    title,
    description: '',
    configuration: [
      { name: 'executionMode', value: 'STANDALONE' },
      { name: 'deliveryGuarantee', value: 'EXACTLY_ONCE' },
    ],
    stages: [],
  },
});

/**
 * The document that a new pipeline of stages begins with: operators behind each other, as the palette adds them. What they need to be told, points say, the findings of the designer ask for. An operator that the service does
 * not have is left out.
 */
export const documentOf = (title: string, beginning: Beginning, operators: readonly Operator[]): PipelineDocument => {
  let last: string | undefined;
  return BEGINNINGS[beginning].reduce<PipelineDocument>((document, id, index) => {
    const operator = operators.find((each) => each.id === id);
    if (operator === undefined) return document;
    const place = { x: index * STEP_X, y: 0 };
    const from = last === undefined ? undefined : openOutput(document, last);
    const spot: Spot = from === undefined ? { kind: 'free', place } : { kind: 'behind', from, place };
    const added = addOperator(document, operator, spot);
    if (added === undefined) return document;
    last = added.id;
    return added.document;
  }, emptyDocument(title));
};

/** The form of a template as it begins: fields have defaults, and tables no rows until somebody fills them in. */
export const formOf = (schema: unknown): JsonObject =>
  Object.fromEntries(fieldsOf(schema).flatMap(({ name, kind }) => (kind === 'table' ? [[name, []]] : [])));
