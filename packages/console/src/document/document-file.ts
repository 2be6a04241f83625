import { isObject, objectsIn, parseJson, printJson, textOf } from './json.ts';
import { type PipelineDocument, stageListOf } from './shape.ts';

/** Why a file is no document that could be taken in. */
export type FileProblem = 'not-readable' | 'not-json' | 'no-document' | 'several';

export type ReadFile =
  | { readonly document: PipelineDocument }
  | { readonly problem: FileProblem; readonly why: string };

/** What a name of a file may not have on one system or another; nor does it begin or end with a dot. */
export const fileName = (name: string): string => {
  const safe = name.replace(/[\p{C}<>:"/\\|?*]/gu, '_').replace(/^[. ]+|[. ]+$/g, '');
  return `${safe === '' ? 'pipeline' : safe.slice(0, 120)}.json`;
};

/** A document as a file: its name, and what is in it. */
export const documentFile = (name: string, document: PipelineDocument): { name: string; text: string } => ({
  name: fileName(name),
  text: `${printJson(document, 2)}\n`,
});

/**
 * The document in a file: one by itself, also of another system, or the only one of an archive. `isForm`: the form of a
 * template is wanted, which has no stages.
 */
export const readDocumentFile = (text: string, isForm = false): ReadFile => {
  let value: unknown;
  try {
    value = parseJson(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return { problem: 'not-json', why: error instanceof Error ? error.message : String(error) };
  }
  if (!isObject(value)) return { problem: 'no-document', why: '' };
  const archived = objectsIn(value.pipelines);
  if (archived.length > 1) return { problem: 'several', why: archived.map(({ name }) => textOf(name)).join(', ') };
  const document = archived[0]?.document ?? value;
  // Without a list of stages it is something else: a list of connections, say. With one it is no form.
  return isObject(document) && hasStages(document) !== isForm ? { document } : { problem: 'no-document', why: '' };
};

const hasStages = (document: PipelineDocument): boolean =>
  stageListOf(document).length > 0 ||
  Array.isArray(document.stages) ||
  (isObject(document.pipelineConfig) && Array.isArray(document.pipelineConfig.stages));
