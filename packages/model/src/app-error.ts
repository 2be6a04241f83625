/** Whose move it is: the caller's, the world's (broker, database), or ours. */
export type ErrorDomain = 'user' | 'external' | 'internal';

export interface AppErrorOptions {
  readonly domain: ErrorDomain;
  /** Whether trying again later can help without anybody changing anything. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** The one error class that is thrown on purpose. `code` is stable and `AREA_NOUN_PROBLEM`; `message` is for people. */
export class AppError extends Error {
  readonly code: string;
  readonly domain: ErrorDomain;
  readonly retryable: boolean;
  readonly params: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, options: AppErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.domain = options.domain;
    this.retryable = options.retryable ?? false;
    this.params = options.params ?? {};
  }
}

/**
 * The message of anything that was thrown. Without the text that `JSON.parse` quotes: messages end up in logs and
 * reasons, and what was parsed may be a document or a record.
 */
export const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error instanceof SyntaxError ? error.message.replace(QUOTED_JSON, '') : error.message;
};

const QUOTED_JSON = /, (?:\.\.\.)?".*"(?:\.\.\.)? is not valid JSON$/s;
