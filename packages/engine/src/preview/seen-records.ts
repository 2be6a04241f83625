import type { JsonValue, StagePreview } from '@penstock/model';
import type { Plan } from '../plan/plan.ts';
import type { StreamRecord } from '../record/stream-record.ts';
import type { RecordObserver } from '../task/stage-node.ts';

/** Collects what the stages of a plan do with records, by stage, in the order of the plan. */
export class SeenRecords {
  readonly observer: RecordObserver;
  readonly #labels: ReadonlyMap<string, string>;
  readonly #sources: readonly string[];
  #stages: Map<string, StagePreview>;

  /** `asText`: records are kept as JSON texts, with all digits of their numbers. */
  constructor(plan: Plan, asText = false) {
    const snapshot = asText ? textNow : valueNow;
    this.#labels = new Map([
      ...plan.sources.map(({ instanceName, label }) => [instanceName, label] as const),
      ...plan.parts.flatMap((part) => part.stages.map((stage) => [stage.instanceName, stage.label] as const)),
    ]);
    this.#stages = this.#none();
    this.observer = {
      onInput: (name, record) => this.#of(name).input.push(snapshot(record)),
      onOutput: (name, record) => this.#of(name).output.push(snapshot(record)),
      onDrop: (name, record, reason) => this.#of(name).dropped.push({ record: snapshot(record), reason }),
      onError: (name, record, { code, message }) =>
        this.#of(name).errors.push({ record: snapshot(record), code, message }),
      onMalformed: (name, text, { code, message }) => this.#of(name).errors.push({ record: text, code, message }),
      onNoRecords: (name, text, reason) => this.#of(name).dropped.push({ record: text, reason }),
      onRead: (source, record) => this.#of(source).output.push(snapshot(record)),
    };
    this.#sources = plan.sources.map(({ instanceName }) => instanceName);
  }

  /** Records of the sources since the last `take`; each of them is kept once for every stage it passes. */
  get read(): number {
    return this.#sources.reduce((sum, source) => sum + this.#of(source).output.length, 0);
  }

  /** What was seen since the last call; every stage is in it. */
  take(): StagePreview[] {
    const seen = [...this.#stages.values()];
    this.#stages = this.#none();
    return seen;
  }

  #none(): Map<string, StagePreview> {
    return new Map([...this.#labels].map(([name, label]) => [name, emptyPreview(name, label)]));
  }

  #of(name: string): StagePreview {
    const known = this.#stages.get(name);
    if (known !== undefined) return known;
    const preview = emptyPreview(name, name);
    this.#stages.set(name, preview);
    return preview;
  }
}

const emptyPreview = (instanceName: string, label: string): StagePreview => ({
  instanceName,
  label,
  input: [],
  output: [],
  dropped: [],
  errors: [],
});

/** A record as it is now: later stages may change it. */
const textNow = (record: StreamRecord): JsonValue => record.toJson();
const valueNow = (record: StreamRecord): JsonValue => JSON.parse(record.toJson()) as JsonValue;
