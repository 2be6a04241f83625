import { AppError } from '@penstock/model';
import type { Seal } from '../auth/seal.ts';
import type { Database, Store } from '../store/open-store.ts';
import type { UseCaseDeps } from '../use-case/use-case.ts';

/** How long people stay signed in. */
export interface SessionLimits {
  /** From sign-in, whatever happens. */
  readonly lifetimeMs: number;
  /** Without a request. */
  readonly idleMs: number;
}

/** What the use cases about people work with. */
export interface PeopleDeps {
  readonly store: Store;
  readonly clock: UseCaseDeps['clock'];
  readonly newId: () => string;
  readonly seal: Seal;
  readonly sessions: SessionLimits;
}

/** Wrong e-mail address, wrong password, disabled: which of them is nobody's business. */
export const credentialsWrong = (): AppError =>
  new AppError('CREDENTIALS_WRONG', 'The e-mail address or the password is wrong.', { domain: 'user' });

export type { Database };
