import { request as httpRequest } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Of an answer, unless more is expected. */
const MAX_BODY_CHARS = 1024 * 1024;

/**
 * Posts a JSON text and reads the answer. Plain `node:http`, since loading `fetch` costs a starting worker a fifth of
 * a CPU-second. Rejects where nobody answers in time.
 */
export const postJson = async (
  url: string,
  bearer: string,
  json: string,
  timeoutMs: number,
  maxChars = MAX_BODY_CHARS,
): Promise<Answer> => {
  const request = url.startsWith('https:') ? (await import('node:https')).request : httpRequest;
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(json),
      authorization: `Bearer ${bearer}`,
    };
    const posted = request(url, { method: 'POST', headers, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
        if (body.length > maxChars) posted.destroy(new Error('The answer is too long.'));
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    });
    posted.on('error', reject);
    posted.end(json);
  });
};
