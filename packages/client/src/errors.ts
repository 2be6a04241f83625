import type { Explanation } from './generated/schemas.ts';

/** A finding about a document, as the service reports it. */
export interface ReportedIssue {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  /** JSON Pointer into the document. */
  readonly path: string;
  readonly message: string;
  readonly stage?: string;
  /** Where another language than English was asked for. */
  readonly explanation?: Explanation;
}

/**
 * What the service answered instead of a result, or why it could not be asked. `code` is the service's own: an upper
 * snake case name for `/api/v1`, a number such as `61165` for the EnOS calls; `CLIENT_UNREACHABLE` where nobody answers.
 */
export class PenstockError extends Error {
  readonly code: string;
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  readonly requestId: string | undefined;
  readonly issues: readonly ReportedIssue[];
  /** Where another language than English was asked for, and the code is known. */
  readonly explanation: Explanation | undefined;

  constructor(
    code: string,
    message: string,
    details: {
      status: number;
      requestId?: string | undefined;
      issues?: readonly ReportedIssue[];
      explanation?: Explanation | undefined;
      cause?: unknown;
    },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'PenstockError';
    this.code = code;
    this.status = details.status;
    this.requestId = details.requestId;
    this.issues = details.issues ?? [];
    this.explanation = details.explanation;
  }
}

const asText = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const explanationIn = (value: unknown): Explanation | undefined => {
  const { meaning, remedy } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const [what, how] = [asText(meaning), asText(remedy)];
  if (what === undefined) return undefined;
  return how === undefined ? { meaning: what } : { meaning: what, remedy: how };
};

/** Reads a problem out of the body of an answer, whichever of the service's three envelopes it has. */
export const problemOf = (status: number, body: unknown): PenstockError => {
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const code = fields.code ?? fields.status ?? `HTTP_${status}`;
  const message = asText(fields.message) ?? asText(fields.msg) ?? `the service answered with HTTP status ${status}`;
  return new PenstockError(String(code), message, {
    status,
    requestId: asText(fields.requestId),
    issues: Array.isArray(fields.issues) ? (fields.issues as ReportedIssue[]) : [],
    explanation: explanationIn(fields.explanation),
  });
};
