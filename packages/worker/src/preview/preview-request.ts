import type { PipelineFacts, StagePreview } from '@penstock/engine';
import type { Issue, JsonObject, JsonValue, KafkaSettings } from '@penstock/model';

/** What `preview-main.ts` reads from stdin, as one JSON text. */
export interface PreviewRequest {
  readonly document: JsonValue;
  readonly facts: PipelineFacts;
  readonly kafka?: KafkaSettings;
  /** Records to run. Without them, and without `live`, an inline source gives its own. */
  readonly records?: readonly JsonObject[];
  /** Messages to run, as they would come out of Kafka: also such as are no records. null: a tombstone. */
  readonly messages?: readonly (string | null)[];
  /** Take records from the source topic instead, without committing anything. */
  readonly live?: LiveRecords;
}

export interface LiveRecords {
  /** 1 to 1000. */
  readonly maxRecords?: number;
  /** `latest`: the newest records there are. `earliest`: the oldest. */
  readonly from?: 'latest' | 'earliest';
  /** How long to wait for records where there are none yet, in ms. */
  readonly timeoutMs?: number;
}

/** What it writes to stdout, as one JSON text. `stages` is absent where the document does not compile. */
export interface PreviewReply {
  readonly issues: readonly Issue[];
  readonly stages?: readonly StagePreview[];
  /** Why there is no preview although the document is fine (Kafka not reachable, topic unknown, a stage that would stop the pipeline). */
  readonly failure?: { readonly code: string; readonly message: string };
}
