import type { SendDeps } from '../../../alarms/delivery/send.ts';
import type { UseCaseDeps } from '../../../use-case/use-case.ts';

export interface AlarmRouteDeps extends UseCaseDeps, SendDeps {
  readonly clock: UseCaseDeps['clock'];
  readonly hasMail: boolean;
  /** How long a delivery is tried. */
  readonly giveUpMs: number;
}
