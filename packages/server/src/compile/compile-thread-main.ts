import { parentPort } from 'node:worker_threads';
import { messageOf } from '@penstock/model';
import { createRegistry, operators } from '@penstock/operators';
import { compileDocument } from './compile-document.ts';
import type { CompileAnswer, CompileOrder } from './compile-thread.ts';

/** The thread in which documents are compiled: one after the other, each for as long as it is let. */
const registry = createRegistry(operators);

parentPort?.on('message', ({ id, document, facts }: CompileOrder) => {
  let answer: CompileAnswer;
  try {
    answer = { id, outcome: compileDocument(registry, document, facts) };
  } catch (error) {
    answer = { id, failure: `${error instanceof Error ? error.name : 'Error'}: ${messageOf(error)}` };
  }
  parentPort?.postMessage(answer);
});
