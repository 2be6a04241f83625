import { type API, createAPI, type Reader, Writer } from '@platformatic/kafka';

/** One finished batch of a produce request. */
export interface ProduceItem {
  readonly topic: string;
  readonly partition: number;
  readonly bytes: Buffer;
}

export interface ProduceAnswer {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly baseOffset: number;
  readonly message: string | null;
}

export type ProduceApi = API<
  [transactionalId: string | null, timeoutMs: number, items: readonly ProduceItem[]],
  readonly ProduceAnswer[]
>;

/** Produce v9 to v11 with acks = all; at most one batch per partition. The batches' bytes go out as they are. */
const createRequest = (transactionalId: string | null, timeoutMs: number, items: readonly ProduceItem[]): Writer => {
  const topics = new Map<string, ProduceItem[]>();
  for (const item of items) topics.set(item.topic, [...(topics.get(item.topic) ?? []), item]);
  return Writer.create()
    .appendString(transactionalId)
    .appendInt16(-1)
    .appendInt32(timeoutMs)
    .appendArray([...topics], (w, [topic, batches]) => {
      w.appendString(topic).appendArray(batches, (p, { partition, bytes }) => {
        p.appendInt32(partition)
          .appendUnsignedVarInt(bytes.length + 1)
          .append(bytes);
      });
    })
    .appendTaggedFields();
};

const parseResponse = (_correlationId: number, _key: number, _version: number, reader: Reader): ProduceAnswer[] => {
  const answers: ProduceAnswer[] = [];
  reader.readArray(() => {
    const topic = reader.readString();
    reader.readArray(() => answers.push(parsePartition(topic, reader)));
  });
  return answers;
};

const parsePartition = (topic: string, reader: Reader): ProduceAnswer => {
  const partition = reader.readInt32();
  const errorCode = reader.readInt16();
  const baseOffset = Number(reader.readInt64());
  reader.readInt64(); // log append time
  reader.readInt64(); // log start offset
  const reasons = reader.readArray(() => {
    reader.readInt32(); // index in the batch
    return reader.readNullableString() ?? null;
  });
  const message = reader.readNullableString() ?? null;
  return { topic, partition, errorCode, baseOffset, message: message ?? reasons[0] ?? null };
};

export const createProduceApi = (version: number): ProduceApi => createAPI(0, version, createRequest, parseResponse);
