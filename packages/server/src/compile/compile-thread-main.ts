import { parentPort } from 'node:worker_threads';
import { messageOf } from '@penstock/model';
import { createRegistry, operators } from '@penstock/operators';
import { compileDocument } from './compile-document.ts';
import type { CompileAnswer, CompileOrder } from './compile-thread.ts';

/** The thread in which documents are compiled: one after the other, each for as long as it is let. */
const registry = createRegistry(operators);

parentPort?.on('message', async ({ id, document, facts }: CompileOrder) => {
  let answer: CompileAnswer;
  const tell = (message: CompileAnswer): void => parentPort?.postMessage(message);
  try {
    answer = { id, outcome: await compileDocument(registry, document, facts, () => tell({ id, isInspecting: true })) };
  } catch (error) {
    answer = { id, failure: `${error instanceof Error ? error.name : 'Error'}: ${messageOf(error)}` };
  }
  tell(answer);
});
