import { AppError, messageOf } from '@penstock/model';
import { protocolErrors, protocolErrorsCodesById } from '@platformatic/kafka';
import { type KafkaErrorCode, kafkaError } from '../errors.ts';
import { chainOf, isEnvelope, refusalOf, SASL_ADVICE } from './connection-refusals.ts';

/** What went wrong in one request: how to go on (`retry`, or the code to give up with) and which cache is stale. */
export interface Diagnosis {
  /** Kafka's error number; undefined for trouble with the connection. */
  readonly errorCode: number | undefined;
  readonly name: string;
  readonly retry: boolean;
  readonly stale: 'leader' | 'coordinator' | undefined;
  readonly code: KafkaErrorCode;
  /** A sentence on what to do, where there is one. */
  readonly advice?: string;
}

interface Rule {
  readonly retry: boolean;
  readonly stale?: 'leader' | 'coordinator';
  readonly code: KafkaErrorCode;
  readonly advice?: string;
}

const leader: Rule = { retry: true, stale: 'leader', code: 'KAFKA_TIMEOUT' };
const coordinator: Rule = { retry: true, stale: 'coordinator', code: 'KAFKA_TIMEOUT' };
const again: Rule = { retry: true, code: 'KAFKA_TIMEOUT' };
const fatal = (code: KafkaErrorCode): Rule => ({ retry: false, code });
const forbidden: Rule = {
  ...fatal('KAFKA_NOT_AUTHORIZED'),
  advice: 'Grant the Kafka user the missing right; docs/operations.md lists those that are needed.',
};
const refused = (errorCode: number): readonly [number, Rule] => {
  const advice = SASL_ADVICE.get(errorCode);
  return [errorCode, { ...fatal('KAFKA_AUTHENTICATION_FAILED'), ...(advice === undefined ? {} : { advice }) }];
};

/** Kafka error numbers (protocol guide, "Error Codes"); everything else is fatal and `KAFKA_REQUEST_FAILED`. */
const RULES: ReadonlyMap<number, Rule> = new Map<number, Rule>([
  // UNKNOWN_SERVER_ERROR: the broker stumbled, for one over a transaction that is ended and taken over at once. The next
  // answer says where the request stands.
  [-1, again],
  [1, fatal('KAFKA_OFFSET_OUT_OF_RANGE')],
  [2, again], // CORRUPT_MESSAGE: what the broker received was damaged on the way
  [3, { retry: true, stale: 'leader', code: 'KAFKA_TOPIC_UNKNOWN' }],
  [5, leader],
  [6, leader],
  [7, again],
  [8, leader],
  [9, leader],
  [10, fatal('KAFKA_RECORD_TOO_LARGE')],
  [13, leader],
  [14, again],
  [15, coordinator],
  [16, coordinator],
  [17, fatal('KAFKA_TOPIC_INVALID')],
  [19, again],
  [20, again],
  [29, forbidden],
  [30, forbidden],
  [31, forbidden],
  [32, fatal('KAFKA_RECORD_REFUSED')],
  refused(33),
  refused(34),
  [35, fatal('KAFKA_BROKER_UNSUPPORTED')],
  [37, fatal('KAFKA_TOPIC_INVALID')],
  [38, fatal('KAFKA_TOPIC_INVALID')],
  [39, fatal('KAFKA_TOPIC_INVALID')],
  [40, fatal('KAFKA_TOPIC_INVALID')],
  [41, again],
  [44, fatal('KAFKA_TOPIC_INVALID')],
  [45, fatal('KAFKA_SEQUENCE_LOST')],
  [47, fatal('KAFKA_FENCED')],
  [48, fatal('KAFKA_TRANSACTION_INVALID')],
  [49, fatal('KAFKA_FENCED')],
  [51, again], // CONCURRENT_TRANSACTIONS: the last transaction's markers are still being written
  [53, forbidden],
  [56, leader],
  refused(58),
  [59, fatal('KAFKA_SEQUENCE_LOST')],
  [72, leader],
  [74, leader],
  [75, leader],
  [78, again],
  [87, fatal('KAFKA_RECORD_REFUSED')],
  [88, again], // UNSTABLE_OFFSET_COMMIT: a transaction with offsets of this group is being ended
  [89, again],
  [90, fatal('KAFKA_FENCED')],
  [100, { retry: true, stale: 'leader', code: 'KAFKA_TOPIC_UNKNOWN' }],
  [103, { retry: true, stale: 'leader', code: 'KAFKA_TOPIC_UNKNOWN' }],
  [106, leader],
  [120, fatal('KAFKA_TRANSACTION_INVALID')],
]);
const UNLISTED: Rule = fatal('KAFKA_REQUEST_FAILED');

export const protocolErrorName = (errorCode: number): string =>
  protocolErrorsCodesById[errorCode] ?? `ERROR_${errorCode}`;

export const diagnoseErrorCode = (errorCode: number): Diagnosis => {
  const rule = RULES.get(errorCode) ?? UNLISTED;
  return { errorCode, name: protocolErrorName(errorCode), stale: undefined, ...rule };
};

/** Thrown inside this package for an error number found in a response, and where a leader or broker is not known yet. */
export class ProtocolFailure extends Error {
  readonly errorCode: number;
  constructor(errorCode: number, detail?: string) {
    super(detail ?? protocolErrors[protocolErrorName(errorCode)]?.message ?? protocolErrorName(errorCode));
    this.name = 'ProtocolFailure';
    this.errorCode = errorCode;
  }
}

export const LEADER_NOT_AVAILABLE = 5;

/** Classifies anything a request may reject with. Total: what is not known is fatal and reported as it is. */
export const diagnose = (error: unknown): Diagnosis => {
  if (error instanceof AppError) return trouble(error.code, false, 'KAFKA_REQUEST_FAILED');
  if (error instanceof ProtocolFailure) return diagnoseErrorCode(error.errorCode);
  const errorCode = errorCodeIn(error);
  if (errorCode !== undefined) return diagnoseErrorCode(errorCode);
  const refusal = refusalOf(error);
  if (refusal !== undefined) {
    return { ...trouble(refusal.name, false, 'KAFKA_AUTHENTICATION_FAILED'), advice: refusal.advice };
  }
  if (isConnectionTrouble(error)) return trouble('CONNECTION', true, 'KAFKA_UNREACHABLE');
  return trouble('UNKNOWN', false, 'KAFKA_REQUEST_FAILED');
};

const trouble = (name: string, retry: boolean, code: KafkaErrorCode): Diagnosis => ({
  errorCode: undefined,
  name,
  retry,
  stale: undefined,
  code,
});

/** The AppError to give up with. AppErrors pass through: they were made where more was known. */
export const toAppError = (error: unknown, what: string): AppError => {
  if (error instanceof AppError) return error;
  const { code, name, advice } = diagnose(error);
  const message = `${what}: ${detailOf(error)} (${name}).${advice === undefined ? '' : ` ${advice}`}`;
  return kafkaError(code, message, { cause: error, params: { kafkaError: name } });
};

/** What the broker or the socket said, without a full stop. */
export const detailOf = (error: unknown): string => {
  const said = chainOf(error)
    .filter((each, i, chain) => !isEnvelope(each) || i === chain.length - 1)
    .map((each) => {
      // Kafka's own words, or OpenSSL's without its file names and line numbers.
      const { serverErrorMessage, reason } = each as { serverErrorMessage?: unknown; reason?: unknown };
      const words = serverErrorMessage ?? reason;
      return (typeof words === 'string' && words !== '' ? words : messageOf(each)).replace(/\.$/, '');
    });
  return said.slice(0, 4).join(': ') || String(error);
};

/** Parsed body that came with an error response; most requests hold results for several things, of which one failed. */
export const responseOf = <R>(error: unknown): R | undefined =>
  (error as { response?: R } | undefined)?.response ?? undefined;

/** First Kafka error number that says something: OPERATION_NOT_ATTEMPTED (55) only says that another one failed. */
const errorCodeIn = (error: unknown, depth = 0): number | undefined => {
  if (!(error instanceof Error) || depth > 5) return undefined;
  const own = (error as { apiCode?: unknown }).apiCode;
  if (typeof own === 'number') return own;
  const nested: unknown[] = error instanceof AggregateError ? error.errors : [error.cause];
  const codes = nested.map((inner) => errorCodeIn(inner, depth + 1)).filter((code) => code !== undefined);
  return codes.find((code) => code !== 55) ?? codes[0];
};

const isConnectionTrouble = (error: unknown): boolean =>
  chainOf(error).some((each) => /^PLT_KFK_(NETWORK|TIMEOUT)$/.test(String((each as { code?: unknown }).code)));
