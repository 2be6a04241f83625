import { useMemo, useRef } from 'react';
import type { Action } from '../../actions/action.ts';
import { useActions } from '../../actions/registry.ts';
import { openOutput } from '../../catalogue/operators.ts';
import { copyStages, pasteStages, readCopied } from '../../document/clipboard.ts';
import { moveStages, removeAndHeal, removeStages } from '../../document/stages.ts';
import { graphOf } from '../../graph/graph.ts';
import { layoutOf } from '../../graph/layout.ts';
import type { Design } from './model/design-context.ts';
import { spotBeside } from './model/spots.ts';

/** What can be done with stages, of those that are chosen too. */
export const useStageActions = (design: Design): void => {
  const latest = useRef(design);
  latest.current = design;
  const { state, mayDesign } = design;
  const isChosen = state.selection.size > 0;
  useActions(
    useMemo((): readonly Action[] => {
      const when = (isPossible: boolean, ...actions: Action[]): readonly Action[] => (isPossible ? actions : []);
      return [
        ...when(mayDesign, {
          id: 'design.add',
          group: 'do',
          label: 'design.action.add',
          keywords: ['stage', 'operator', '阶段', '算子'],
          keys: 'A',
          run: () => addHere(latest.current),
        }),
        ...when(
          mayDesign && isChosen,
          {
            id: 'design.remove',
            group: 'do',
            label: 'design.action.remove',
            keys: 'Delete',
            run: () => {
              const { document, state: chosen, edit } = latest.current;
              edit('remove', removeStages(document, chosen.selection));
            },
          },
          {
            id: 'design.heal',
            group: 'do',
            label: 'design.action.heal',
            keys: 'Mod+Delete',
            run: () => {
              const { document, state: chosen, edit } = latest.current;
              edit('remove', removeAndHeal(document, chosen.selection));
            },
          },
          {
            id: 'design.duplicate',
            group: 'do',
            label: 'design.action.duplicate',
            keys: 'Mod+D',
            run: () => {
              const { document, state: chosen, edit } = latest.current;
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
            const { document: stages, edit } = latest.current;
            edit('layout', moveStages(stages, layoutOf(graphOf(stages)).places));
          },
        }),
      ];
    }, [mayDesign, isChosen]),
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
