import { useMemo, useRef } from 'react';
import type { Action } from '../../../actions/action.ts';
import { useActions } from '../../../actions/registry.ts';
import type { Design } from '../model/design-context.ts';
import type { Preview } from './use-preview.ts';

/** What can be done with a preview: run it, and go from stage to stage of what it showed. */
export const usePreviewActions = (design: Design, preview: Preview): void => {
  const latest = useRef({ design, preview });
  latest.current = { design, preview };
  const { isOpen, result } = preview;
  const hasStages = isOpen && (result?.stages.length ?? 0) > 0;
  useActions(
    useMemo((): readonly Action[] => {
      const step = (by: number): void => {
        const { design: now, preview: shown } = latest.current;
        const ids = (shown.result?.stages ?? []).map(({ id }) => id);
        const at = Math.max(
          0,
          ids.findIndex((id) => now.state.selection.has(id)),
        );
        const next = ids[at + by];
        if (next !== undefined) now.select([next]);
      };
      return [
        {
          id: 'design.preview',
          group: 'do',
          label: 'design.action.preview',
          keywords: ['try', 'test', 'debug', '试运行', '调试'],
          keys: 'Mod+Enter',
          run: () => {
            const { preview: shown } = latest.current;
            // Nobody reads the topic of a pipeline by opening a panel: the first press opens it, the next one runs.
            if (shown.isOpen) shown.run();
            else shown.open();
          },
        },
        ...(hasStages
          ? ([
              { id: 'preview.back', group: 'view', label: 'preview.action.back', keys: '[', run: () => step(-1) },
              { id: 'preview.next', group: 'view', label: 'preview.action.next', keys: ']', run: () => step(1) },
            ] as const)
          : []),
      ];
    }, [hasStages]),
  );
};
