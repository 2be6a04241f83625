import {
  documentLimits,
  type Issue,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseNumber,
} from '@penstock/model';
import { multilineProblem, textProblem } from '../store/storable-text.ts';
import { isTooDense, membersOf, nestingOf, withEscapedSurrogates } from './json-text.ts';

/** Save Pipeline (contract A.7), checked. Absent: not given, so a change leaves the field as it is. */
export interface SaveRequest {
  readonly name?: string;
  readonly description?: string;
  readonly templateType?: TemplateType;
  /** JSON text of a string, or of an object by language. */
  readonly templateName?: string;
  readonly templateVersion?: string;
  readonly messageChannel?: 0 | 1;
  readonly alarmConfig?: string;
  /** JSON text as received. */
  readonly document?: string;
}

/** Contract A.13. */
export type TemplateType = 0 | 1 | 2 | 3 | 4 | 5;
const isTemplateType = (value: number | undefined): value is TemplateType =>
  value !== undefined && Number.isInteger(value) && value >= 0 && value <= 5;

export const MAX_NESTING = 100;
const MAX_NAME = 200;
const MAX_DESCRIPTION = 4000;

type Refuse = (path: string, message: string) => void;

/**
 * Reads the body of a save request; `text` is the body as sent, of which the document is a piece. Liberal as contract I
 * says: `name` or `pipelineName`, numbers as text, `templateName` as text or object, `pipelineJson` as object or text.
 * A document may be half-finished: only its outermost shape is checked here.
 */
export const parseSaveRequest = (
  body: JsonValue,
  text: string,
  options: {
    readonly documentBytes: number;
    /** Of the pipeline that is changed, in case the body does not say. */
    readonly templateType?: number;
  },
): { readonly value?: SaveRequest; readonly issues: readonly Issue[] } => {
  const issues: Issue[] = [];
  const refuse: Refuse = (path, message) =>
    void issues.push({ code: 'SAVE_FIELD_INVALID', severity: 'error', path, message });
  if (!isJsonObject(body)) {
    refuse('', 'The body must be a JSON object.');
    return { issues };
  }
  const templateType = readTemplateType(body, refuse);
  const document = readDocument(body, membersOf(text), templateType ?? options.templateType ?? 1, refuse);
  if (document !== undefined && Buffer.byteLength(document) > options.documentBytes)
    refuse('/pipelineJson', `"pipelineJson" must have at most ${options.documentBytes} bytes.`);
  const value = defined({
    name: readText(body, body.name === undefined || body.name === null ? 'pipelineName' : 'name', MAX_NAME, refuse),
    description: readText(body, 'desc', MAX_DESCRIPTION, refuse),
    templateType,
    templateName: readTemplateName(body, refuse),
    templateVersion: readText(body, 'version', MAX_NAME, refuse),
    messageChannel: readChannel(body, refuse),
    alarmConfig: readAlarmConfig(body, refuse),
    document,
  });
  if (value.name?.trim() === '') refuse('/name', '"name" must not be blank.');
  return issues.length > 0 ? { issues } : { value, issues };
};

type Partially<T> = { [K in keyof T]: T[K] | undefined };
const defined = (fields: Partially<Required<SaveRequest>>): SaveRequest =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

const isGiven = (body: JsonObject, name: string): boolean => body[name] !== undefined && body[name] !== null;

const readText = (body: JsonObject, name: string, max: number, refuse: Refuse): string | undefined => {
  const given = body[name];
  if (given === undefined || given === null) return undefined;
  // A version may come as a number: 0.1 is read as "0.1".
  const text = typeof given === 'number' ? String(given) : given;
  if (typeof text !== 'string') {
    refuse(`/${name}`, `"${name}" must be a text.`);
    return undefined;
  }
  const problem = name === 'desc' ? multilineProblem(text, max) : textProblem(text, max);
  if (problem === undefined) return text;
  refuse(`/${name}`, `"${name}" ${problem}.`);
  return undefined;
};

const readTemplateType = (body: JsonObject, refuse: Refuse): TemplateType | undefined => {
  if (!isGiven(body, 'templateType')) return undefined;
  const value = parseNumber(body.templateType);
  if (isTemplateType(value)) return value;
  refuse('/templateType', '"templateType" must be a whole number from 0 to 5 (1: Origin Template).');
  return undefined;
};

const readChannel = (body: JsonObject, refuse: Refuse): 0 | 1 | undefined => {
  if (!isGiven(body, 'messageChannel')) return undefined;
  const value = parseNumber(body.messageChannel);
  if (value === 0) return 0;
  if (value === 1) return 1;
  refuse('/messageChannel', '"messageChannel" must be 0 (real-time channel) or 1 (offline channel).');
  return undefined;
};

const readTemplateName = (body: JsonObject, refuse: Refuse): string | undefined => {
  const given = body.templateName;
  if (given === undefined || given === null) return undefined;
  const texts = isJsonObject(given) ? Object.entries(given).flat() : [given];
  if (
    texts.every((text) => typeof text === 'string' && textProblem(text, MAX_NAME) === undefined) &&
    texts.length <= 40
  )
    return JSON.stringify(given);
  refuse('/templateName', '"templateName" must be a text, or an object of texts by language.');
  return undefined;
};

/** A JSON text in a string, as List Pipelines shows it (contract A.5); an object is taken as well. */
const readAlarmConfig = (body: JsonObject, refuse: Refuse): string | undefined => {
  const given = body.alarmConfig;
  if (given === undefined || given === null) return undefined;
  const text = typeof given === 'string' ? given : JSON.stringify(given);
  const problem = multilineProblem(text, MAX_DESCRIPTION);
  if (problem === undefined && (typeof given === 'string' || isJsonObject(given))) return text;
  refuse('/alarmConfig', `"alarmConfig" must be a JSON object, or the text of one${problem ? `: it ${problem}` : ''}.`);
  return undefined;
};

/** Text of the document; a template may also give its parts beside the other fields (contract A.7, older sample). */
const readDocument = (
  body: JsonObject,
  members: ReadonlyMap<string, string>,
  templateType: number,
  refuse: Refuse,
): string | undefined => {
  if (!isGiven(body, 'pipelineJson')) {
    const parts = ['piDetail', 'points'].filter((name) => members.has(name));
    return templateType !== 1 && parts.includes('points')
      ? `{${parts.map((name) => `"${name}":${members.get(name)}`).join(',')}}`
      : undefined;
  }
  const given = body.pipelineJson;
  const text = typeof given === 'string' ? withEscapedSurrogates(given).trim() : members.get('pipelineJson');
  const parsed = typeof given === 'string' ? tryParse(given) : given;
  if (text === undefined || !isJsonObject(parsed)) {
    refuse('/pipelineJson', '"pipelineJson" must be a JSON object, or the text of one.');
    return undefined;
  }
  const problem = shapeProblem(parsed, templateType);
  if (problem === undefined) return text;
  refuse(`/pipelineJson${problem.path}`, problem.message);
  return undefined;
};

const tryParse = (text: string): JsonValue | undefined => {
  if (isTooDense(text) || nestingOf(text) > MAX_NESTING) return undefined;
  try {
    const parsed: JsonValue = JSON.parse(text);
    return parsed;
  } catch {
    return undefined;
  }
};

const shapeProblem = (document: JsonObject, templateType: number): { path: string; message: string } | undefined => {
  if (templateType !== 1) return templateProblem(document, templateType);
  const isWrapped = document.pipelineConfig !== undefined;
  const config = isWrapped ? document.pipelineConfig : document;
  const path = isWrapped ? '/pipelineConfig' : '';
  if (!isJsonObject(config)) return { path, message: '"pipelineConfig" must be an object.' };
  if (!Array.isArray(config.stages))
    return { path: `${path}/stages`, message: 'A pipeline document must have "stages", a list of stages.' };
  if (config.stages.length > documentLimits.stages)
    return { path: `${path}/stages`, message: `A pipeline may have at most ${documentLimits.stages} stages.` };
  return undefined;
};

/** The energy templates are `{ piDetail, points[] }` (contract A.7); the shapes of the others are not published. */
const templateProblem = (document: JsonObject, templateType: number) => {
  const { points } = document;
  if (points === undefined ? templateType < 3 : Array.isArray(points) && points.every(isJsonObject)) return undefined;
  return { path: '/points', message: '"points" must be a list of objects.' };
};
