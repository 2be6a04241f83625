import { useEffect, useRef } from 'react';
import { copyStages, pasteStages, readCopied } from '../../document/clipboard.ts';
import { removeStages } from '../../document/stages.ts';
import type { Design } from './model/design-context.ts';

const isField = (event: Event): boolean => {
  const [target] = event.composedPath();
  return (
    (target instanceof Element && target.closest('input, textarea, select, [contenteditable="true"]') !== null) ||
    document.querySelector('[role="dialog"]') !== null
  );
};

/** Copies, cuts and pastes chosen stages as text, by the browser's own keys and menus. */
export const useClipboard = (design: Design): void => {
  const latest = useRef(design);
  latest.current = design;
  useEffect(() => {
    const onCopy = (event: ClipboardEvent): void => {
      const { state, document: stages, edit, mayDesign } = latest.current;
      const isTextChosen = (window.getSelection()?.toString() ?? '') !== '';
      if (isField(event) || isTextChosen || state.selection.size === 0) return;
      event.clipboardData?.setData('text/plain', copyStages(stages, state.selection));
      event.preventDefault();
      if (event.type === 'cut' && mayDesign) edit('remove', removeStages(stages, state.selection));
    };
    const onPaste = (event: ClipboardEvent): void => {
      const { document: stages, edit, mayDesign } = latest.current;
      const copied = readCopied(event.clipboardData?.getData('text/plain') ?? '');
      if (isField(event) || copied === undefined || !mayDesign) return;
      event.preventDefault();
      const pasted = pasteStages(stages, copied);
      edit('paste', pasted.document, { select: pasted.ids });
    };
    document.addEventListener('copy', onCopy);
    document.addEventListener('cut', onCopy);
    document.addEventListener('paste', onPaste);
    return () => {
      document.removeEventListener('copy', onCopy);
      document.removeEventListener('cut', onCopy);
      document.removeEventListener('paste', onPaste);
    };
  }, []);
};
