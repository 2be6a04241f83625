import { type Dispatch, useMemo, useRef } from 'react';
import type { Action } from '../../actions/action.ts';
import { useActions } from '../../actions/registry.ts';
import { openOutput } from '../../catalogue/operators.ts';
import { copyStages, pasteStages, readCopied } from '../../document/clipboard.ts';
import { moveStages, removeAndHeal, removeStages } from '../../document/stages.ts';
import { graphOf } from '../../graph/graph.ts';
import { layoutOf } from '../../graph/layout.ts';
import { useText } from '../../reader/use-text.ts';
import type { Design } from './model/design-context.ts';
import type { DesignChange } from './model/design-state.ts';
import { spotBeside } from './model/spots.ts';
import type { DesignDialog } from './versions/design-dialog.ts';

interface Means {
  readonly change: Dispatch<DesignChange>;
  readonly setDialog: (dialog: DesignDialog) => void;
  readonly toggleText: () => void;
  readonly isDirty: boolean;
}

/** Everything that can be done in the designer. What is not possible now is not offered. */
export const useDesignActions = (design: Design, means: Means): void => {
  const { t } = useText();
  const latest = useRef({ design, means });
  latest.current = { design, means };
  const { state, mayDesign, findings } = design;
  const isChosen = state.selection.size > 0;
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
        ...when(mayDesign, {
          id: 'design.add',
          group: 'do',
          label: 'design.action.add',
          keywords: ['stage', 'operator', '阶段', '算子'],
          keys: 'A',
          run: () => addHere(now().design),
        }),
        ...when(
          mayDesign && isChosen,
          {
            id: 'design.remove',
            group: 'do',
            label: 'design.action.remove',
            keys: 'Delete',
            run: () => {
              const { document, state: chosen, edit } = now().design;
              edit('remove', removeStages(document, chosen.selection));
            },
          },
          {
            id: 'design.heal',
            group: 'do',
            label: 'design.action.heal',
            keys: 'Mod+Delete',
            run: () => {
              const { document, state: chosen, edit } = now().design;
              edit('remove', removeAndHeal(document, chosen.selection));
            },
          },
          {
            id: 'design.duplicate',
            group: 'do',
            label: 'design.action.duplicate',
            keys: 'Mod+D',
            run: () => {
              const { document, state: chosen, edit } = now().design;
              const pasted = pasteStages(document, readCopied(copyStages(document, chosen.selection)) ?? []);
              edit('paste', pasted.document, { select: pasted.ids });
            },
          },
          { id: 'design.copy', group: 'do', label: 'design.action.copy', keys: 'Mod+C', isNative: true, run: nothing },
          { id: 'design.cut', group: 'do', label: 'design.action.cut', keys: 'Mod+X', isNative: true, run: nothing },
        ),
        ...when(mayDesign, {
          id: 'design.paste',
          group: 'do',
          label: 'design.action.paste',
          keys: 'Mod+V',
          isNative: true,
          run: nothing,
        }),
        ...when(isChosen, {
          id: 'design.fields',
          group: 'go',
          label: 'design.action.fields',
          keys: 'E',
          run: () => document.querySelector<HTMLElement>('#inspector input')?.focus(),
        }),
        ...when(mayDesign, {
          id: 'design.layout',
          group: 'view',
          label: 'design.action.layout',
          run: () => {
            const { document: stages, edit } = now().design;
            edit('layout', moveStages(stages, layoutOf(graphOf(stages)).places));
          },
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
    }, [mayDesign, isChosen, canUndo, canRedo, isDirty, hasErrors, t]),
  );
};

/** The browser's own keys do it. */
const nothing = (): void => {};

const addHere = ({ document, state, ask }: Design): void => {
  const [id] = state.selection;
  const from = id === undefined ? undefined : openOutput(document, id);
  const place = spotBeside(document, from?.stage);
  ask(from === undefined ? { kind: 'free', place } : { kind: 'behind', from, place });
};
