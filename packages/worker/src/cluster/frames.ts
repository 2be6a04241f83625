import type { Readable, Writable } from 'node:stream';
import { AppError } from '@penstock/model';

const HEADER_BYTES = 4;
/** No message of the protocol comes near it; a larger length means that somebody wrote something else to the stream. */
const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/** Messages of the range protocol as they come in, until the stream ends. Errors: `FRAME_INVALID`. */
export async function* readFrames(input: Readable): AsyncGenerator<unknown, void, undefined> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of input as AsyncIterable<Buffer>) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    while (held.length >= HEADER_BYTES) {
      const length = held.readUInt32BE(0);
      if (length > MAX_FRAME_BYTES) throw invalid(`a message of ${length} bytes is announced`);
      if (held.length < HEADER_BYTES + length) break;
      yield parse(held.toString('utf8', HEADER_BYTES, HEADER_BYTES + length));
      held = held.subarray(HEADER_BYTES + length);
    }
  }
  if (held.length > 0) throw invalid('it ends within a message');
}

/** Writes one message. Answers are few and small, one per question: the stream's own buffer holds them. */
export const writeFrame = (output: Writable, message: unknown): void => {
  const body = Buffer.from(JSON.stringify(message));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(body.length);
  output.write(Buffer.concat([header, body]));
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(`a message is not JSON: ${(error as Error).message}`);
  }
};

const invalid = (what: string): AppError =>
  new AppError('FRAME_INVALID', `The stream from the executor cannot be read: ${what}.`, { domain: 'internal' });
