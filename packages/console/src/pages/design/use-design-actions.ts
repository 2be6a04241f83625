import { type Dispatch, useMemo, useRef } from 'react';
import type { Action } from '../../actions/action.ts';
import { useActions } from '../../actions/registry.ts';
import { useText } from '../../reader/use-text.ts';
import type { Design } from './model/design-context.ts';
import type { DesignChange } from './model/design-state.ts';
import type { DesignDialog } from './versions/design-dialog.ts';

interface Means {
  readonly change: Dispatch<DesignChange>;
  readonly setDialog: (dialog: DesignDialog) => void;
  readonly toggleText: () => void;
  readonly isDirty: boolean;
}

/** What can be done with a document, of stages or a form. What is not possible now is not offered. */
export const useDesignActions = (design: Design, means: Means): void => {
  const { t } = useText();
  const latest = useRef({ design, means });
  latest.current = { design, means };
  const { state, mayDesign, findings } = design;
  const canUndo = state.history.past.at(-1)?.edit;
  const canRedo = state.history.future[0]?.edit;
  const hasErrors = findings.some(({ severity }) => severity === 'error');
  const { isDirty } = means;
  useActions(
    useMemo((): readonly Action[] => {
      const now = () => latest.current;
      const when = (isPossible: boolean, ...actions: Action[]): readonly Action[] => (isPossible ? actions : []);
      return [
        ...when(mayDesign && canUndo !== undefined, {
          id: 'design.undo',
          group: 'do',
          label: 'design.action.undo',
          text: canUndo === undefined ? '' : t('design.undoOf', { what: t(`design.edit.${canUndo}`) }),
          keys: 'Mod+Z',
          run: () => now().means.change({ kind: 'undo' }),
        }),
        ...when(mayDesign && canRedo !== undefined, {
          id: 'design.redo',
          group: 'do',
          label: 'design.action.redo',
          text: canRedo === undefined ? '' : t('design.redoOf', { what: t(`design.edit.${canRedo}`) }),
          keys: 'Mod+Shift+Z',
          run: () => now().means.change({ kind: 'redo' }),
        }),
        {
          id: 'design.text',
          group: 'view',
          label: 'design.action.text',
          keywords: ['json'],
          run: () => now().means.toggleText(),
        },
        {
          id: 'design.versions',
          group: 'view',
          label: 'design.action.versions',
          run: () => now().means.setDialog({ kind: 'versions' }),
        },
        ...when(mayDesign && isDirty, {
          id: 'design.revert',
          group: 'do',
          label: 'design.action.revert',
          run: () => {
            const {
              state: { stored },
              edit,
            } = now().design;
            edit('replace', stored.document);
          },
        }),
        ...when(mayDesign && isDirty, {
          id: 'design.save',
          group: 'do',
          label: 'design.action.save',
          keys: 'Mod+S',
          run: () => now().means.setDialog({ kind: 'save' }),
        }),
        ...when(mayDesign && !isDirty && !hasErrors, {
          id: 'design.release',
          group: 'do',
          label: 'design.action.release',
          run: () => now().means.setDialog({ kind: 'release' }),
        }),
      ];
    }, [mayDesign, canUndo, canRedo, isDirty, hasErrors, t]),
  );
};
