import type { Operator, Pipeline } from '@penstock/client/session';
import { useBlocker } from '@tanstack/react-router';
import { useCallback, useMemo, useReducer, useState } from 'react';
import type { PreviewSource } from '../../api/preview.ts';
import { mayDesign as isDesigner } from '../../api/session.ts';
import { useSession } from '../../api/use-session.ts';
import { addOperator, type Spot } from '../../catalogue/operators.ts';
import { useText } from '../../reader/use-text.ts';
import { DesignCanvas } from './canvas/design-canvas.tsx';
import styles from './designer.module.css';
import { Inspector } from './inspector/inspector.tsx';
import { type Design, DesignContext } from './model/design-context.ts';
import { changeDesign, isUnsaved, newDesign, type Stored } from './model/design-state.ts';
import { useFindings } from './model/use-findings.ts';
import { SidePanel } from './palette/side-panel.tsx';
import { StagePicker } from './palette/stage-picker.tsx';
import { PreviewPanel } from './preview/preview-panel.tsx';
import { usePreview } from './preview/use-preview.ts';
import { usePreviewActions } from './preview/use-preview-actions.ts';
import { Problems } from './problems.tsx';
import { TextView } from './text-view.tsx';
import { Toolbar } from './toolbar.tsx';
import { useClipboard } from './use-clipboard.ts';
import { useDesignActions } from './use-design-actions.ts';
import { useFileActions } from './use-file-actions.ts';
import type { DesignDialog } from './versions/design-dialog.ts';
import { DesignDialogs } from './versions/design-dialogs.tsx';

interface DesignerProps {
  readonly pipeline: Pipeline;
  readonly stored: Stored;
  readonly operators: readonly Operator[];
  /** Records to be tried out. */
  readonly tried: PreviewSource | undefined;
}

/** Palette, canvas, inspector and findings around one document with one history. */
export const Designer = ({ pipeline, stored, operators, tried }: DesignerProps) => {
  const { t } = useText();
  const [state, change] = useReducer(changeDesign, stored, newDesign);
  const [spot, setSpot] = useState<Spot>();
  const [dialog, setDialog] = useState<DesignDialog>();
  const [said, setSaid] = useState('');
  const [isText, setText] = useState(false);
  const document = state.history.present;
  const mayDesign = isDesigner(useSession(), pipeline.orgId);
  const messageChannel = pipeline.messageChannel === 1 ? 1 : 0;
  const { findings, isCurrent, error } = useFindings(document, { orgId: pipeline.orgId, messageChannel });
  const edit = useCallback<Design['edit']>(
    (name, next, more = {}) => change({ kind: 'edit', edit: name, document: next, at: Date.now(), ...more }),
    [],
  );
  const preview = usePreview(pipeline, document, tried);
  const { seenFields } = preview;
  const design = useMemo(
    (): Design => ({
      state,
      document,
      operators,
      findings,
      orgId: pipeline.orgId,
      seenFields,
      mayDesign,
      edit,
      select: (ids) => change({ kind: 'select', ids }),
      go: (place) => change({ kind: 'go', place }),
      ask: (asked) => mayDesign && setSpot(asked),
      say: setSaid,
    }),
    [state, document, operators, findings, pipeline.orgId, seenFields, mayDesign, edit],
  );
  const isDirty = isUnsaved(state);
  useDesignActions(design, { change, setDialog, toggleText: () => setText((shown) => !shown), isDirty });
  usePreviewActions(design, preview);
  useClipboard(design);
  useFileActions(design, pipeline.name, setDialog);
  useBlocker({
    shouldBlockFn: () => isDirty && !window.confirm(t('design.leave')),
    enableBeforeUnload: () => isDirty,
  });
  const pick = (operator: Operator, at: Spot): void => {
    const added = addOperator(document, operator, at);
    setSpot(undefined);
    if (added === undefined) setSaid(t('design.problem.unknown'));
    else edit(at.kind === 'between' ? 'splice' : 'add', added.document, { select: [added.id] });
  };
  return (
    <DesignContext value={design}>
      <div className={`${styles.page} ${preview.isOpen ? styles.withPreview : ''}`}>
        <Toolbar pipeline={pipeline} isDirty={isDirty} isChecked={isCurrent} checkError={error} />
        <div className={`${styles.panes} ${isText ? styles.withText : ''}`}>
          <SidePanel onPick={pick} />
          <DesignCanvas />
          {isText && <TextView />}
          <Inspector />
        </div>
        {preview.isOpen && <PreviewPanel pipeline={pipeline} preview={preview} />}
        <Problems isCurrent={isCurrent} error={error} />
        <p className={styles.said} role="status">
          {said}
        </p>
        {spot !== undefined && <StagePicker spot={spot} onPick={pick} onClose={() => setSpot(undefined)} />}
        {dialog !== undefined && (
          <DesignDialogs dialog={dialog} pipeline={pipeline} onChange={change} onDialog={setDialog} />
        )}
      </div>
    </DesignContext>
  );
};
