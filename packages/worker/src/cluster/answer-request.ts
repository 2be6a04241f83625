import {
  isJsonObject,
  messageOf,
  type RangeAnswer,
  type RangeRefusal,
  type RangeRequest,
  readRangeRequest,
} from '@penstock/model';

/** Who does what is asked: see `RangeWorker`. */
interface Answering {
  ask(request: RangeRequest): Promise<RangeAnswer>;
}

/**
 * The answer to what came in over the line. A request that is none is refused by its number, for good: whoever sent it
 * will not say it better elsewhere. Errors: `MESSAGE_INVALID` for one without a number, which nobody could be told of.
 */
export const answerTo = async (given: unknown, worker: Answering): Promise<RangeAnswer> => {
  const read = readOrRefuse(given);
  return 'ok' in read ? read : worker.ask(read);
};

const readOrRefuse = (given: unknown): RangeRequest | RangeRefusal => {
  try {
    return readRangeRequest(given);
  } catch (error) {
    if (!isJsonObject(given) || !Number.isSafeInteger(given.id)) throw error;
    const refusal = { code: 'MESSAGE_INVALID', message: messageOf(error), retryable: false };
    return { id: Number(given.id), ok: false, error: refusal };
  }
};
