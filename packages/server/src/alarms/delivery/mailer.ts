import { AppError } from '@penstock/model';
import { createTransport, type SendMailOptions } from 'nodemailer';

/** The SMTP server mails are handed to, and who they are from. */
export interface MailSettings {
  /** `smtp://` or `smtps://`, with user and password where the server wants them. */
  readonly url: string;
  readonly from: string;
}

export interface Mail {
  /** Stable: the same however often it is sent. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface Mailer {
  /** Errors: `MAIL_REFUSED` (the server said no for good), `MAIL_FAILED` (worth trying again). */
  send(mail: Mail): Promise<void>;
}

const TIMEOUT_MS = 15_000;

/** Hands mails to a server, each by a connection of its own. */
export const createMailer = ({ url, from }: MailSettings): Mailer => {
  const transport = createTransport(safeUrl(url), { from });
  const domain = /@([^\s@<>]+)>?$/.exec(from)?.[1] ?? 'penstock';
  return {
    send: async ({ id, to, subject, text }) => {
      const mail: SendMailOptions = {
        from,
        to,
        subject,
        text,
        messageId: `<${id}@${domain}>`,
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        disableFileAccess: true,
        disableUrlAccess: true,
      };
      try {
        await transport.sendMail(mail);
      } catch (error) {
        throw mailError(error);
      }
    },
  };
};

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Time-outs, and no password over a connection anybody can read, unless the URL itself says how it is to be. */
const safeUrl = (text: string): string => {
  const url = new URL(text);
  const defaults: Record<string, string> = {
    connectionTimeout: String(TIMEOUT_MS),
    greetingTimeout: String(TIMEOUT_MS),
    socketTimeout: String(TIMEOUT_MS),
    ...(url.protocol === 'smtp:' && url.username !== '' && !LOOPBACK.test(url.hostname) ? { requireTLS: 'true' } : {}),
  };
  for (const [name, value] of Object.entries(defaults))
    if (!url.searchParams.has(name) && !(name === 'requireTLS' && url.searchParams.has('ignoreTLS')))
      url.searchParams.set(name, value);
  return url.href;
};

/** What servers answer may quote addresses and more: a code and their status are kept. */
const mailError = (error: unknown): AppError => {
  const status = responseCodeOf(error);
  const isRefused = status !== undefined && status >= 500;
  const cause = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  // A password that is wrong today may be right tomorrow.
  const isFinal = isRefused && cause !== 'EAUTH';
  return new AppError(
    isFinal ? 'MAIL_REFUSED' : 'MAIL_FAILED',
    `The SMTP server ${isRefused ? 'refused the mail' : 'could not take the mail'} (${status ?? cause}).`,
    { domain: 'external', retryable: !isFinal, params: { cause, ...(status === undefined ? {} : { status }) } },
  );
};

const responseCodeOf = (error: unknown): number | undefined =>
  error instanceof Error && 'responseCode' in error && typeof error.responseCode === 'number'
    ? error.responseCode
    : undefined;
