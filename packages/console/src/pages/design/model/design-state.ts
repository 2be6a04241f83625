import { type EditName, edited, type History, newHistory, redone, undone } from '../../../document/history.ts';
import type { DocumentPlace } from '../../../document/places.ts';
import { type PipelineDocument, stageOf } from '../../../document/shape.ts';

/** A document as the service has it. */
export interface Stored {
  readonly document: PipelineDocument;
  readonly revision: number;
}

export interface DesignState {
  readonly history: History;
  /** Ids of stages. Choosing is no edit: undo leaves it alone. */
  readonly selection: ReadonlySet<string>;
  /** Where the cursor is to go; a new object each time. */
  readonly goal: DocumentPlace | undefined;
  readonly stored: Stored;
  /** Of a form the stages are not in the document. */
  readonly isForm: boolean;
}

export type DesignChange =
  | {
      readonly kind: 'edit';
      readonly edit: EditName;
      readonly document: PipelineDocument;
      readonly about?: string;
      readonly at: number;
      readonly select?: readonly string[];
    }
  | { readonly kind: 'undo' }
  | { readonly kind: 'redo' }
  | { readonly kind: 'select'; readonly ids: readonly string[] }
  | { readonly kind: 'go'; readonly place: DocumentPlace }
  | { readonly kind: 'stored'; readonly stored: Stored };

export const newDesign = (stored: Stored, isForm = false): DesignState => ({
  isForm,
  history: newHistory(stored.document),
  selection: new Set(),
  goal: undefined,
  stored,
});

export const changeDesign = (state: DesignState, change: DesignChange): DesignState => {
  switch (change.kind) {
    case 'edit':
      return keepSelection({
        ...state,
        history: edited(state.history, change),
        selection: change.select === undefined ? state.selection : new Set(change.select),
      });
    case 'undo':
      return keepSelection({ ...state, history: undone(state.history) });
    case 'redo':
      return keepSelection({ ...state, history: redone(state.history) });
    case 'select':
      return isSameSet(state.selection, change.ids) ? state : { ...state, selection: new Set(change.ids) };
    case 'go': {
      const { stage } = change.place;
      return { ...state, goal: { ...change.place }, selection: new Set(stage === undefined ? [] : [stage]) };
    }
    case 'stored':
      return { ...state, stored: change.stored };
  }
};

export const isUnsaved = ({ history, stored }: DesignState): boolean => history.present !== stored.document;

/** What is gone is not chosen any more. */
const keepSelection = (state: DesignState): DesignState => {
  if (state.isForm) return state;
  const kept = [...state.selection].filter((id) => stageOf(state.history.present, id) !== undefined);
  return kept.length === state.selection.size ? state : { ...state, selection: new Set(kept) };
};

const isSameSet = (set: ReadonlySet<string>, ids: readonly string[]): boolean =>
  set.size === ids.length && ids.every((id) => set.has(id));
