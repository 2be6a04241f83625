import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

/** The page to browse the API, and the one script it asks for. */
export interface ReferencePage {
  readonly html: string;
  readonly script: Buffer;
}

/** Beside this file, with its own kind of name: TypeScript in the source tree, JavaScript in an installed package. */
const PROGRAM = new URL(`./render-reference-main${extname(import.meta.url)}`, import.meta.url);

/**
 * Makes the page in a thread that ends with it: what makes it keeps 20 MB for as long as it is loaded, and most services
 * are never asked. Takes a second. Errors: those of the thread.
 */
export const renderReference = async (): Promise<ReferencePage> => {
  const thread = new Worker(PROGRAM);
  // Rejects where the thread breaks before it has answered.
  const [{ html, script }] = (await once(thread, 'message')) as [{ html: string; script: Uint8Array }];
  return { html, script: Buffer.from(script.buffer, script.byteOffset, script.byteLength) };
};
