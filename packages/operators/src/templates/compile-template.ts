import { type OperatorDefinition, type PipelineFacts, validateStageConfig } from '@penstock/engine';
import { hasErrors, type Issue, type JsonObject, pointer } from '@penstock/model';
import { formIssue } from './forms/form-issue.ts';
import type { AnyTemplate, TemplateDefinition, TemplateFacts, TemplatePlan, TemplatePoint } from './template.ts';
import { templateDocument } from './template-document.ts';

export interface CompiledTemplate {
  /** What is wrong with the form, with JSON Pointers into it. */
  readonly issues: readonly Issue[];
  /** The document of stages that the form stands for; absent where there are errors. */
  readonly document?: JsonObject;
  /** Points of the form, for whoever knows their models. */
  readonly points: readonly TemplatePoint[];
  /** An issue of the document as one of the form: at the policy that it comes from, as far as that is known. */
  readonly placed: (issue: Issue) => Issue;
}

const AS_IT_IS = (issue: Issue): Issue => issue;

/** Origin Template: the document is what it stands for itself. */
export const ORIGIN_TEMPLATE = 1;

/**
 * Checks the form of a template and compiles it to a document of stages (contract F). Loose spellings are taken, as the
 * vendor's samples have them (`"0"` for 0); fields that the form does not know are left alone.
 */
export const compileTemplate = (
  templates: readonly AnyTemplate[],
  templateType: number,
  form: JsonObject,
  facts: TemplateFacts = {},
): CompiledTemplate => {
  const template = templates.find((one) => one.templateType === templateType);
  if (template === undefined) {
    const known = [ORIGIN_TEMPLATE, ...templates.map((one) => one.templateType)].sort().join(', ');
    const message = `There is no template of type ${templateType}. Known are ${known}; ${ORIGIN_TEMPLATE} is a document of stages.`;
    return { issues: [formIssue('', message, 'TEMPLATE_UNKNOWN')], points: [], placed: AS_IT_IS };
  }
  const { config, issues } = readForm(template, form);
  if (hasErrors(issues)) return { issues, points: [], placed: AS_IT_IS };
  const plan = template.compile(config, facts);
  return {
    issues,
    document: templateDocument(template.label, plan),
    points: template.points(config),
    placed: (issue) => placedIn(plan, issue),
  };
};

/** Forms are read as the options of a stage are, field by field. */
const readForm = (template: AnyTemplate, form: JsonObject) => {
  const rows = Object.entries(form);
  const stage = {
    instanceName: template.label,
    pointer: '',
    configuration: new Map(rows),
    configurationRows: new Map(rows.map(([name], index) => [name, index])),
  };
  const { config, issues } = validateStageConfig(asOperator(template), stage, NO_PIPELINE);
  return {
    config: config as never,
    issues: issues.map(
      ({ stage: _, ...issue }): Issue => ({
        ...issue,
        code: issue.code.startsWith('STAGE_OPTION_')
          ? (FORM_CODES[issue.code] ?? 'TEMPLATE_FIELD_NOT_VALID')
          : issue.code,
        path: formPath(
          issue.path,
          rows.map(([name]) => name),
        ),
      }),
    ),
  };
};

const FORM_CODES: Readonly<Record<string, string>> = { STAGE_OPTION_UNKNOWN: 'TEMPLATE_FIELD_UNKNOWN' };

/** `/configuration/2/value/0/x` of the fields as rows is `/points/0/x` of the form. */
const formPath = (path: string, names: readonly string[]): string => {
  const [, row, part, rest = ''] = /^\/configuration\/(\d+)\/(name|value)(.*)$/.exec(path) ?? [];
  const name = names[Number(row)];
  if (part === undefined || name === undefined) return '';
  return pointer(name) + rest;
};

const NO_PIPELINE: PipelineFacts = { pipelineId: '', orgId: '', messageChannel: 0 };

/** Kept, since compiling a schema is what costs. */
const operators = new WeakMap<AnyTemplate, OperatorDefinition>();

const asOperator = (template: AnyTemplate): OperatorDefinition => {
  let operator = operators.get(template);
  if (operator === undefined) {
    operator = operatorOf(template);
    operators.set(template, operator);
  }
  return operator;
};

const operatorOf = ({ id, label, summary, form, check }: TemplateDefinition): OperatorDefinition => ({
  kind: 'processor',
  id,
  label,
  summary,
  description: summary,
  stageName: id,
  library: '',
  version: 1,
  instancePrefix: id,
  libraries: [],
  category: 'format',
  keywords: [],
  config: form,
  check,
  changes: () => [],
  create: () => {
    throw new Error(`${label} is a template and does not run as a stage`);
  },
});

/** In a row of a table: the policy behind it. Otherwise the form as a whole. */
const placedIn = ({ stages }: TemplatePlan, { stage: name, path, ...issue }: Issue): Issue => {
  const stage = stages.find((one) => one.name === name);
  const row = /\/value\/(\d+)(?:\/|$)/.exec(path)?.[1];
  const policy = row === undefined ? undefined : stage?.policies?.[Number(row)];
  const what = name === undefined ? '' : `In the stage "${name}" of what the template stands for: `;
  return { ...issue, message: `${what}${issue.message}`, path: policy === undefined ? '' : pointer('points', policy) };
};
