import { PieceHeader, type PieceLayout, type RecordHeader, type RecordPlace } from '@penstock/engine';

/** One record of an organisation's dead-letter topic. */
export interface DeadLetter {
  readonly partition: number;
  readonly offset: number;
  /** Unix ms of the dead letter itself. */
  readonly at: number;
  readonly pipelineId: string;
  readonly runId: string;
  readonly stage: string;
  readonly code: string;
  readonly message: string;
  /** Where the record came from; partition and offset -1 for one that no message led to. */
  readonly source: {
    readonly topic: string;
    readonly partition: number;
    readonly offset: number;
    readonly timestamp: number;
    /** Where the message held several records: which of them this is. `value` is that record alone. */
    readonly place?: RecordPlace;
  };
  /** The record as the stage saw it, where stages before had changed it. */
  readonly record?: string;
  /**
   * Of a letter larger than the topic takes: its parts follow in pieces, and `value` is only the beginning of the
   * original. `assembleDeadLetter` puts it together.
   */
  readonly pieces?: { readonly letter: string; readonly count: number; readonly layout: PieceLayout };
  /** The original was too large to be kept here: it is at its place in the source topic, as long as that keeps it. */
  readonly isReference?: boolean;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** The original record's own. */
  readonly headers: readonly RecordHeader[];
}

export const idOf = ({ partition, offset }: Pick<DeadLetter, 'partition' | 'offset'>): string =>
  `${partition}-${offset}`;

export const parseId = (id: string): { readonly partition: number; readonly offset: number } | undefined => {
  const [, partition, offset] = /^(\d{1,9})-(\d{1,16})$/.exec(id) ?? [];
  return partition === undefined || offset === undefined
    ? undefined
    : { partition: Number(partition), offset: Number(offset) };
};

/** Headers that say why and where a record failed; the rest is the original's. */
export const PREFIX = 'penstock.';

export const readDeadLetter = (message: {
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly RecordHeader[];
}): DeadLetter => {
  const facts = new Map<string, string>();
  const headers: RecordHeader[] = [];
  for (const header of message.headers) {
    const name = header.key.toString('utf8');
    if (name.startsWith(PREFIX)) facts.set(name.slice(PREFIX.length), header.value?.toString('utf8') ?? '');
    else headers.push(header);
  }
  const text = (name: string): string => facts.get(name) ?? '';
  const number = (name: string): number => (/^-?\d+$/.test(text(name)) ? Number(text(name)) : -1);
  const record = facts.get('record');
  return {
    partition: message.partition,
    offset: message.offset,
    at: number('at') >= 0 ? number('at') : message.timestamp,
    pipelineId: text('pipelineId'),
    runId: text('runId'),
    stage: text('stage'),
    code: text('code'),
    message: text('message'),
    source: {
      topic: text('topic'),
      partition: number('partition'),
      offset: number('offset'),
      timestamp: number('timestamp'),
      ...placeOf(facts),
    },
    ...(record === undefined ? {} : { record }),
    ...piecesOf(facts),
    ...(facts.has('reference') ? { isReference: true } : {}),
    key: message.key,
    value: message.value,
    headers,
  };
};

const placeOf = (facts: ReadonlyMap<string, string>): { readonly place?: RecordPlace } => {
  const [number, start, length] = ['place', 'place.start', 'place.length'].map((name) => Number(facts.get(name)));
  return isCount(number) && isCount(start) && isCount(length) ? { place: { number, start, length } } : {};
};

const isCount = (value: number | undefined): value is number => Number.isSafeInteger(value);

const nameOf = (header: string): string => header.slice(PREFIX.length);

const piecesOf = (facts: ReadonlyMap<string, string>): Pick<DeadLetter, 'pieces'> => {
  const letter = facts.get(nameOf(PieceHeader.letter));
  const count = Number(facts.get(nameOf(PieceHeader.pieces)));
  const layout = facts.get(nameOf(PieceHeader.layout));
  if (letter === undefined || layout === undefined || !Number.isSafeInteger(count)) return {};
  return { pieces: { letter, count, layout: JSON.parse(layout) as PieceLayout } };
};

/** Which letter a message is a piece of, and which piece; undefined for a letter itself. */
export const pieceOf = (
  headers: readonly RecordHeader[],
): { readonly letter: string; readonly piece: number } | undefined => {
  const of = (name: string): string | undefined =>
    headers.find(({ key }) => key.toString('utf8') === name)?.value?.toString('utf8');
  const piece = of(PieceHeader.piece);
  return piece === undefined ? undefined : { letter: of(PieceHeader.letter) ?? '', piece: Number(piece) };
};

export interface DeadLetterFilter {
  readonly pipelineId?: string | undefined;
  readonly stage?: string | undefined;
  readonly code?: string | undefined;
  /** Failed at this time or later, Unix ms. */
  readonly since?: number | undefined;
  /** Failed before this time, Unix ms. */
  readonly until?: number | undefined;
}

export const matches = (letter: DeadLetter, filter: DeadLetterFilter): boolean =>
  (filter.pipelineId === undefined || letter.pipelineId === filter.pipelineId) &&
  (filter.stage === undefined || letter.stage === filter.stage) &&
  (filter.code === undefined || letter.code === filter.code) &&
  (filter.since === undefined || letter.at >= filter.since) &&
  (filter.until === undefined || letter.at < filter.until);
