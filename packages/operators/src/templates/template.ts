import type { OperatorDefinition, OperatorTexts, PointReference } from '@penstock/engine';
import type { Issue, JsonValue } from '@penstock/model';
import type { Static, TObject } from 'typebox';

/** What is known of a pipeline of which a form is compiled. */
export interface TemplateFacts {
  /** Where days begin where the form does not say: that of the organisation. */
  readonly timeZone?: string;
}

/** A stage of what a form is compiled to. */
export interface TemplateStage {
  /** Instance name: the operator's class and a counter, as in `EnergyIntegrator_01`. */
  readonly name: string;
  readonly operator: OperatorDefinition;
  readonly config: Readonly<Record<string, JsonValue>>;
  /** Instance names of the stages that feed it. */
  readonly from: readonly string[];
  /** For findings in a row of its table: of which policy of the form that row is, row by row. */
  readonly policies?: readonly number[];
}

/** A point that a form names. */
export interface TemplatePoint {
  /** JSON Pointer into the form. */
  readonly path: string;
  readonly point: PointReference;
  /** What its model must say of it, where that model is known. */
  readonly wanted: 'numeric' | 'PI' | 'any';
}

/**
 * A template (contract F): a form that stands for a ready-made pipeline. Everything there is to know of it stands in its
 * definition; the form is stored as it was saved, and compiled where it is checked, released or tried.
 */
export interface TemplateDefinition<F extends TObject = TObject> {
  /** Folder name: `time-window-aggregation`. */
  readonly id: string;
  /** Contract A.13. */
  readonly templateType: 0 | 2 | 3 | 4 | 5;
  /** Name in the console. */
  readonly label: string;
  /** One sentence. */
  readonly summary: string;
  /** JSON Schema of the form, with titles, units and defaults. */
  readonly form: F;
  /** Titles in Chinese, beside those that all forms share. */
  readonly zh: OperatorTexts;
  /** Rules that a schema cannot say. `path` of the issues is a JSON Pointer into the form. */
  readonly check: (form: Static<F>) => readonly Issue[];
  readonly points: (form: Static<F>) => readonly TemplatePoint[];
  /** The stages between the data source and the destination, and what feeds the destination. Only for valid forms. */
  readonly compile: (form: Static<F>, facts: TemplateFacts) => TemplatePlan;
}

export interface TemplatePlan {
  readonly stages: readonly TemplateStage[];
  /** Instance names of those whose records are written. */
  readonly outputs: readonly string[];
}

/** Instance name of the data source, for `from`. */
export const SOURCE = 'EDHKafkaConsumer_01';

// biome-ignore lint/suspicious/noExplicitAny: the list holds templates of any form
export type AnyTemplate = TemplateDefinition<any>;

export const defineTemplate = <F extends TObject>(definition: TemplateDefinition<F>): TemplateDefinition<F> =>
  definition;
