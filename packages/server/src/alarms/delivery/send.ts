import { AppError } from '@penstock/model';
import type { AddressRules } from '@penstock/outbound';
import type { Seal } from '../../auth/seal.ts';
import { addressPurpose, kindOf, type ReceiverRow, secretPurpose } from '../receivers/receivers.ts';
import { messageFor } from '../texts/alarm-message.ts';
import { type AlarmNotice, languageOf } from '../texts/notice.ts';
import type { Mailer } from './mailer.ts';
import { sendWebhook } from './webhook.ts';

export interface SendDeps {
  readonly clock: { now(): number };
  readonly seal: Seal;
  readonly rules: AddressRules;
  /** Undefined: no SMTP server is configured. */
  readonly mailer: Mailer | undefined;
}

/** Sends a notice to a receiver. Errors: those of mails and webhooks, `MAIL_NOT_CONFIGURED`, `SEAL_BROKEN`. */
export const sendNotice = async (
  { clock, seal, rules, mailer }: SendDeps,
  receiver: ReceiverRow,
  deliveryId: string,
  notice: AlarmNotice,
): Promise<void> => {
  const { receiverId, sealedAddress, sealedSecret } = receiver;
  const language = languageOf(receiver.language);
  const address = seal.unseal(addressPurpose(receiverId), sealedAddress);
  if (kindOf(receiver) === 'email') {
    if (mailer === undefined) throw mailNotConfigured();
    return mailer.send({ id: deliveryId, to: address, ...messageFor(notice, language) });
  }
  if (sealedSecret === null) throw new Error(`Receiver ${receiverId} has no secret to sign with`);
  const secret = seal.unseal(secretPurpose(receiverId), sealedSecret);
  return sendWebhook({ url: address, secret, language }, deliveryId, notice, { rules, now: clock.now() });
};

const mailNotConfigured = (): AppError =>
  new AppError(
    'MAIL_NOT_CONFIGURED',
    'No mail can be sent: set PENSTOCK_SMTP_URL and PENSTOCK_SMTP_FROM where the service runs.',
    { domain: 'external', retryable: true },
  );
