import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

interface Cleanup {
  after(cleanup: () => unknown): unknown;
}

/** A real SMTP server that keeps what it is given. `refuse`: an SMTP answer for the next mails, such as 550. */
export const listenForMail = async (t: Cleanup) => {
  const mails: string[] = [];
  const state: { refuse: number | undefined } = { refuse: undefined };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (state.refuse !== undefined)
          return done(Object.assign(new Error('not here'), { responseCode: state.refuse }));
        mails.push(Buffer.concat(chunks).toString('utf8'));
        return done();
      });
    },
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.after(() => new Promise<void>((resolve) => void server.close(resolve)));
  const { port } = server.server.address() as AddressInfo;
  const header = (mail: string, name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(mail)?.[1]?.trim();
  return { url: `smtp://127.0.0.1:${port}`, mails, state, header };
};

export interface ReceivedCall {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A webhook. `status`: what it answers; `answer`: how long the body of that is. */
export const listenForCalls = async (t: Cleanup) => {
  const calls: ReceivedCall[] = [];
  const state = { status: 204, answerBytes: 0, location: '' };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      calls.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      response.writeHead(state.status, state.location === '' ? {} : { location: state.location });
      response.end('x'.repeat(state.answerBytes));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook/secret`, calls, state };
};
