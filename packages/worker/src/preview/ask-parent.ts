import { readAssetsReply, readReferenceReply } from '@penstock/model';
import type { AskForAssets } from '../services/run-assets.ts';
import type { AskForReference } from '../services/run-references.ts';

/**
 * Asks for assets and reference data over the line to the process that has started this one, which knows whose preview
 * it is.
 */
export const askParent = (): { readonly assets: AskForAssets; readonly reference: AskForReference } => {
  const waiting = new Map<number, (reply: Promise<unknown>) => void>();
  let asked = 0;
  process.on('message', (message: { readonly id?: unknown; readonly reply?: unknown; readonly error?: unknown }) => {
    const id = Number(message.id);
    const resolve = waiting.get(id);
    waiting.delete(id);
    resolve?.(
      message.reply === undefined ? Promise.reject(new Error(String(message.error))) : Promise.resolve(message.reply),
    );
  });
  const ask = (question: object): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (process.send === undefined) return reject(new Error('there is nobody here who could be asked'));
      const id = ++asked;
      waiting.set(id, resolve);
      process.send({ id, ...question });
    });
  return {
    assets: async (assets) => readAssetsReply(await ask({ assets })),
    reference: async (reference) => readReferenceReply(await ask({ reference })),
  };
};
