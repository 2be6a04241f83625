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

/** The message of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
