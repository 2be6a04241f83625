import type { PipelineDocument } from './shape.ts';

/** What an edit did, for those who undo it. */
export type EditName =
  | 'add'
  | 'remove'
  | 'connect'
  | 'disconnect'
  | 'splice'
  | 'move'
  | 'layout'
  | 'option'
  | 'rename'
  | 'paste'
  | 'text'
  | 'replace';

interface Step {
  readonly document: PipelineDocument;
  /** The edit that led away from this document. */
  readonly edit: EditName;
}

/** A document with what it was before, and what it was before things were undone. */
export interface History {
  readonly past: readonly Step[];
  readonly present: PipelineDocument;
  readonly future: readonly Step[];
  /** What the last edit was about, and when: the next one about the same, soon after, is the same step. */
  readonly last: { readonly about: string; readonly at: number } | undefined;
}

/** Documents share what they have in common, so many of them are kept. */
const MAX_STEPS = 300;
/** A burst of typing is one step; after a pause another begins. */
const BURST_MS = 1500;

export const newHistory = (document: PipelineDocument): History => ({
  past: [],
  present: document,
  future: [],
  last: undefined,
});

export interface Edit {
  readonly edit: EditName;
  readonly document: PipelineDocument;
  /** The field that is typed into, say. Without it the edit is a step by itself. */
  readonly about?: string | undefined;
  /** Unix ms. */
  readonly at: number;
}

/** After an edit. One that changed nothing is none. */
export const edited = (history: History, { edit, document, about, at }: Edit): History => {
  if (document === history.present) return history;
  const { last } = history;
  const isSameStep =
    about !== undefined && last?.about === about && at - last.at < BURST_MS && history.past.at(-1)?.edit === edit;
  const past = isSameStep ? history.past : [...history.past, { document: history.present, edit }].slice(-MAX_STEPS);
  return { past, present: document, future: [], last: about === undefined ? undefined : { about, at } };
};

export const undone = (history: History): History => {
  const step = history.past.at(-1);
  if (step === undefined) return history;
  return {
    past: history.past.slice(0, -1),
    present: step.document,
    future: [{ document: history.present, edit: step.edit }, ...history.future],
    last: undefined,
  };
};

export const redone = (history: History): History => {
  const [step, ...future] = history.future;
  if (step === undefined) return history;
  return {
    past: [...history.past, { document: history.present, edit: step.edit }],
    present: step.document,
    future,
    last: undefined,
  };
};
