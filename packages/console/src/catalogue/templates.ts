import type { Operator } from '@penstock/client/session';
import type { JsonObject } from '../document/json.ts';
import type { PipelineDocument } from '../document/shape.ts';
import { STEP_X } from '../document/stages.ts';
import { addOperator, openOutput, type Spot } from './operators.ts';
import { TEMPLATES, type Template } from './template-names.ts';

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
 * The document that a new pipeline begins with: the operators of a template behind each other, as the palette adds
 * them. What they need to be told, points say, the findings of the designer ask for. An operator that the service does
 * not have is left out.
 */
export const documentOf = (title: string, template: Template, operators: readonly Operator[]): PipelineDocument => {
  let last: string | undefined;
  return TEMPLATES[template].reduce<PipelineDocument>((document, id, index) => {
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
