import { pointer } from './issue.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import type { Issue } from './messages/issue.ts';

/**
 * A pipeline document (contract D) as the engine sees it: a read view of what it needs. The document itself is kept
 * as the JSON it came as, so that unknown keys survive save, export and import.
 */
export interface PipelineDocument {
  readonly title: string;
  /** Pipeline-level options (contract D.3) by name. */
  readonly configuration: ReadonlyMap<string, JsonValue>;
  /** Index of each option's row in `configuration`, for pointers. */
  readonly configurationRows: ReadonlyMap<string, number>;
  readonly stages: readonly StageDocument[];
  readonly errorStage: StageDocument | undefined;
  /** Where `pipelineConfig` is: the root, or a member of an export's envelope. */
  readonly configPointer: '' | '/pipelineConfig';
}

/** A stage of a document (contract D.4). */
export interface StageDocument {
  readonly instanceName: string;
  readonly library: string;
  readonly stageName: string;
  readonly stageVersion: string;
  /** Values by configuration name. Of names that occur twice the last one counts. */
  readonly configuration: ReadonlyMap<string, JsonValue>;
  /** Index of each name's row in `configuration`, for pointers. */
  readonly configurationRows: ReadonlyMap<string, number>;
  /** `uiInfo.label`, or the instance name where there is none. */
  readonly label: string;
  /** `uiInfo.stageType`: SOURCE, PROCESSOR, TARGET; empty where the document does not say. */
  readonly stageType: string;
  readonly inputLanes: readonly string[];
  readonly outputLanes: readonly string[];
  /** JSON Pointer of the stage in the document. */
  readonly pointer: string;
}

export interface ReadDocument {
  /** Absent only where there is no `pipelineConfig` object at all; with issues it holds what could be read. */
  readonly document?: PipelineDocument;
  readonly issues: Issue[];
}

/** Sizes beyond which a document is refused rather than worked through. */
export const documentLimits = {
  stages: 500,
  configurationRows: 1000,
  lanes: 200,
  nameLength: 200,
} as const;

/** Reads a document, or its `pipelineConfig` alone. Never throws, whatever `json` is. */
export const readPipelineDocument = (json: unknown): ReadDocument => {
  const reader = new DocumentReader();
  const document = reader.read(json);
  return document === undefined ? { issues: reader.issues } : { document, issues: reader.issues };
};

/** Names are shown, logged, used as keys and in headers: control characters would break all of these. */
const CONTROL = /[\p{Cc}\u2028\u2029]/u;

class DocumentReader {
  readonly issues: Issue[] = [];
  #stage: string | undefined;

  read(json: unknown): PipelineDocument | undefined {
    if (!isJsonObject(json)) {
      this.#report('DOCUMENT_NOT_OBJECT', '', 'The pipeline configuration must be a JSON object.');
      return undefined;
    }
    const isEnvelope = Object.hasOwn(json, 'pipelineConfig');
    const config = isEnvelope ? json.pipelineConfig : json;
    const configPointer = isEnvelope ? '/pipelineConfig' : '';
    if (!isJsonObject(config)) {
      this.#report('DOCUMENT_NOT_OBJECT', configPointer, '"pipelineConfig" must be a JSON object.');
      return undefined;
    }
    const rows = this.#configuration(config, configPointer);
    return {
      title: this.#text(config, 'title', configPointer, ''),
      configuration: rows.values,
      configurationRows: rows.indexes,
      stages: this.#stages(config, configPointer),
      errorStage: this.#errorStage(config, configPointer),
      configPointer,
    };
  }

  #stages(config: JsonObject, configPointer: string): StageDocument[] {
    const path = `${configPointer}/stages`;
    const list = this.#list(config, 'stages', configPointer, documentLimits.stages);
    if (!Object.hasOwn(config, 'stages'))
      this.#report('DOCUMENT_FIELD_MISSING', path, 'The pipeline configuration has no "stages" list.');
    const stages: StageDocument[] = [];
    const seen = new Map<string, number>();
    list.forEach((item, index) => {
      const stagePointer = `${path}/${index}`;
      const stage = this.#readStage(item, stagePointer);
      if (stage === undefined) return;
      const other = seen.get(stage.instanceName);
      if (other !== undefined)
        this.#report(
          'DOCUMENT_STAGE_DUPLICATE',
          `${stagePointer}/instanceName`,
          `Stage ${other} is called "${stage.instanceName}" too. Every stage needs an instance name of its own.`,
        );
      else if (stage.instanceName !== '') seen.set(stage.instanceName, index);
      stages.push(stage);
    });
    return stages;
  }

  #errorStage(config: JsonObject, configPointer: string): StageDocument | undefined {
    const stage = config.errorStage;
    return stage === undefined || stage === null ? undefined : this.#readStage(stage, `${configPointer}/errorStage`);
  }

  #readStage(item: JsonValue, path: string): StageDocument | undefined {
    if (!isJsonObject(item)) {
      this.#report('DOCUMENT_FIELD_TYPE', path, 'A stage must be a JSON object.');
      return undefined;
    }
    const instanceName = this.#text(item, 'instanceName', path, undefined);
    this.#stage = instanceName === '' ? undefined : instanceName;
    const uiInfo = isJsonObject(item.uiInfo) ? item.uiInfo : {};
    const rows = this.#configuration(item, path);
    const stage: StageDocument = {
      instanceName,
      library: this.#text(item, 'library', path, ''),
      stageName: this.#text(item, 'stageName', path, ''),
      stageVersion: this.#version(item, path),
      configuration: rows.values,
      configurationRows: rows.indexes,
      label: typeof uiInfo.label === 'string' && uiInfo.label !== '' ? uiInfo.label : instanceName,
      stageType: typeof uiInfo.stageType === 'string' ? uiInfo.stageType : '',
      inputLanes: this.#lanes(item, 'inputLanes', path),
      outputLanes: this.#lanes(item, 'outputLanes', path),
      pointer: path,
    };
    this.#stage = undefined;
    return stage;
  }

  #configuration(owner: JsonObject, path: string) {
    const values = new Map<string, JsonValue>();
    const indexes = new Map<string, number>();
    this.#list(owner, 'configuration', path, documentLimits.configurationRows).forEach((row, index) => {
      const rowPath = path + pointer('configuration', index);
      if (!isJsonObject(row)) {
        this.#report('DOCUMENT_FIELD_TYPE', rowPath, 'A configuration row must be an object {"name", "value"}.');
        return;
      }
      const name = this.#text(row, 'name', rowPath, undefined);
      if (name === '') return;
      if (values.has(name))
        this.#report(
          'DOCUMENT_OPTION_DUPLICATE',
          rowPath,
          `"${name}" is already set in row ${indexes.get(name)}; this row counts. Remove one of them.`,
          'warning',
        );
      values.set(name, row.value ?? null);
      indexes.set(name, index);
    });
    return { values, indexes };
  }

  #lanes(stage: JsonObject, field: string, path: string): string[] {
    const lanes: string[] = [];
    this.#list(stage, field, path, documentLimits.lanes).forEach((lane, index) => {
      if (typeof lane === 'string' && lane !== '') lanes.push(lane);
      else this.#report('DOCUMENT_FIELD_TYPE', path + pointer(field, index), 'A lane must be a text.');
    });
    return lanes;
  }

  #version(stage: JsonObject, path: string): string {
    const version = stage.stageVersion;
    return typeof version === 'number' ? String(version) : this.#text(stage, 'stageVersion', path, '');
  }

  /** A text; where it is absent or null, `otherwise`, and an issue when that is undefined. */
  #text(owner: JsonObject, field: string, path: string, otherwise: string | undefined): string {
    const value = Object.hasOwn(owner, field) ? owner[field] : undefined;
    const fieldPath = path + pointer(field);
    if (value === undefined || value === null) {
      if (otherwise === undefined) this.#report('DOCUMENT_FIELD_MISSING', fieldPath, `"${field}" is missing.`);
      return otherwise ?? '';
    }
    if (typeof value !== 'string') {
      this.#report('DOCUMENT_FIELD_TYPE', fieldPath, `"${field}" must be a text.`);
      return otherwise ?? '';
    }
    if (value === '' && otherwise === undefined)
      this.#report('DOCUMENT_FIELD_MISSING', fieldPath, `"${field}" must not be empty.`);
    if (value.length > documentLimits.nameLength || CONTROL.test(value) || !value.isWellFormed()) {
      this.#report(
        'DOCUMENT_NAME_NOT_VALID',
        fieldPath,
        `"${field}" must have at most ${documentLimits.nameLength} characters and no control characters.`,
      );
      return otherwise ?? '';
    }
    return value;
  }

  /** A list, `[]` where it is absent, of the wrong type or too long. */
  #list(owner: JsonObject, field: string, path: string, limit: number): readonly JsonValue[] {
    const value = Object.hasOwn(owner, field) ? owner[field] : undefined;
    if (value === undefined || value === null) return [];
    const fieldPath = path + pointer(field);
    if (!Array.isArray(value)) {
      this.#report('DOCUMENT_FIELD_TYPE', fieldPath, `"${field}" must be a list.`);
      return [];
    }
    if (value.length > limit) {
      this.#report(
        'DOCUMENT_TOO_LARGE',
        fieldPath,
        `"${field}" has ${value.length} items; at most ${limit} are allowed.`,
      );
      return [];
    }
    return value;
  }

  #report(code: string, path: string, message: string, severity: Issue['severity'] = 'error'): void {
    this.issues.push({ code, severity, path, message, ...(this.#stage === undefined ? {} : { stage: this.#stage }) });
  }
}
