import { createHmac } from 'node:crypto';
import { AppError } from '@penstock/model';
import { type AddressRules, postGuarded } from '@penstock/outbound';
import { messageFor } from '../texts/alarm-message.ts';
import type { AlarmNotice, Language } from '../texts/notice.ts';

export interface WebhookTarget {
  readonly url: string;
  /** `whsec_` and base64. */
  readonly secret: string;
  readonly language: Language;
}

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 65_536;

/** The body of a delivery: the same however often it is sent. */
export const webhookBody = (notice: AlarmNotice, language: Language): string =>
  JSON.stringify({
    type: `alarm.${notice.kind}`,
    timestamp: new Date(notice.at).toISOString(),
    data: { ...notice, ...messageFor(notice, language) },
  });

/** Signed as the Standard Webhooks scheme says: over id, time (seconds) and body. */
export const signWebhook = (secret: string, id: string, seconds: number, body: string): string => {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`;
};

/** Errors: those of `postGuarded`; `WEBHOOK_GONE` (never to be tried again) and `WEBHOOK_REFUSED` with the status. */
export const sendWebhook = async (
  { url, secret, language }: WebhookTarget,
  deliveryId: string,
  notice: AlarmNotice,
  { rules, now }: { readonly rules: AddressRules; readonly now: number },
): Promise<void> => {
  const body = webhookBody(notice, language);
  const seconds = Math.floor(now / 1000);
  const status = await postGuarded(
    {
      url,
      body,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Penstock',
        'webhook-id': deliveryId,
        'webhook-timestamp': String(seconds),
        'webhook-signature': signWebhook(secret, deliveryId, seconds, body),
      },
    },
    { rules, timeoutMs: TIMEOUT_MS, maxAnswerBytes: MAX_ANSWER_BYTES },
  );
  if (status >= 200 && status < 300) return;
  if (status === 410) throw refusal('WEBHOOK_GONE', status, false);
  throw refusal('WEBHOOK_REFUSED', status, true);
};

const refusal = (code: string, status: number, retryable: boolean): AppError =>
  new AppError(code, `The webhook answered with status ${status}.`, {
    domain: 'external',
    retryable,
    params: { status },
  });
