import type { RecordHeader, SourceBatch } from '../ports.ts';

/**
 * The way a record came: by which partition of the source, and through which tasks behind cuts. A flow keeps its
 * order; records of different flows overtake each other. Written `0.3` (part 0, partition 3), `0.3>1.2` behind a second
 * cut. A record that stands for several (a window's result) begins a flow at the task that made it: `1.2`.
 */
export const flowOfTask = (part: number, partition: number): string => `${part}.${partition}`;
export const throughTask = (flow: string, task: string): string => `${flow}>${task}`;

/** Name of the header that every record behind a cut has: 8 bytes of stream time (float64), then the flow. */
const FLOW = Buffer.from('penstock.flow');
const TIME_BYTES = 8;

export interface FlowMark {
  readonly flow: string;
  /** Stream time of the flow's source partition when it read the record; -Infinity where not known. */
  readonly streamTime: number;
}

export const flowHeader = ({ flow, streamTime }: FlowMark): RecordHeader => {
  const value = Buffer.allocUnsafe(TIME_BYTES + flow.length);
  value.writeDoubleLE(streamTime, 0);
  value.latin1Write(flow, TIME_BYTES);
  return { key: FLOW, value };
};

/** Reads the ways of the records behind a cut. The same text object for the same flow, so that comparing is cheap. */
export class FlowReader {
  readonly #headersOf: (batch: SourceBatch, index: number) => readonly RecordHeader[];
  readonly #names = new Map<string, string>();

  constructor(headersOf: (batch: SourceBatch, index: number) => readonly RecordHeader[]) {
    this.#headersOf = headersOf;
  }

  /** A record written before there were flows belongs to a flow without a name. */
  read(batch: SourceBatch, index: number): FlowMark {
    const header = this.#headersOf(batch, index).find(({ key }) => FLOW.equals(key))?.value;
    if (header === undefined || header === null || header.length < TIME_BYTES)
      return { flow: '', streamTime: Number.NEGATIVE_INFINITY };
    const text = header.latin1Slice(TIME_BYTES);
    let flow = this.#names.get(text);
    if (flow === undefined) {
      flow = text;
      this.#names.set(text, text);
    }
    return { flow, streamTime: header.readDoubleLE(0) };
  }
}
