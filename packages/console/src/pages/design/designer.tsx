import type { Operator, Pipeline } from '@penstock/client/session';
import { useBlocker } from '@tanstack/react-router';
import { useCallback, useMemo, useReducer, useState } from 'react';
import { OF_STAGES } from '../../api/pipelines.ts';
import type { PreviewSource } from '../../api/preview.ts';
import { mayDesign as isDesigner } from '../../api/session.ts';
import { useSession } from '../../api/use-session.ts';
import type { Spot } from '../../catalogue/operators.ts';
import type { PipelineDocument } from '../../document/shape.ts';
import { useText } from '../../reader/use-text.ts';
import styles from './designer.module.css';
import {
  type Design,
  DesignContext,
  type DrawnTemplate,
  SteadyContext,
  type SteadyDesign,
} from './model/design-context.ts';
import { changeDesign, isUnsaved, newDesign, type Stored } from './model/design-state.ts';
import { useFindings } from './model/use-findings.ts';
import { PreviewPanel } from './preview/preview-panel.tsx';
import { usePreview } from './preview/use-preview.ts';
import { usePreviewActions } from './preview/use-preview-actions.ts';
import { Problems } from './problems.tsx';
import { StagesView } from './stages-view.tsx';
import { FormView } from './template/form-view.tsx';
import { TextView } from './text-view.tsx';
import { Toolbar } from './toolbar.tsx';
import { useDesignActions } from './use-design-actions.ts';
import { useFileActions } from './use-file-actions.ts';
import type { DesignDialog } from './versions/design-dialog.ts';
import { DesignDialogs } from './versions/design-dialogs.tsx';

interface DesignerProps {
  readonly pipeline: Pipeline;
  readonly stored: Stored;
  readonly operators: readonly Operator[];
  /** Of which the document is the form; undefined: it is stages. */
  readonly template: DrawnTemplate | undefined;
  /** Records to be tried out. */
  readonly tried: PreviewSource | undefined;
}

/** What is before a form has stood for any stages. */
const NO_STAGES: PipelineDocument = {};

/** Stages or a form, and findings, around one document with one history. */
export const Designer = ({ pipeline, stored, operators, template, tried }: DesignerProps) => {
  const { t } = useText();
  const [state, change] = useReducer(changeDesign, stored, (first) => newDesign(first, template !== undefined));
  const [spot, setSpot] = useState<Spot>();
  const [dialog, setDialog] = useState<DesignDialog>();
  const [said, setSaid] = useState('');
  const [isText, setText] = useState(false);
  const document = state.history.present;
  const mayDesign = isDesigner(useSession(), pipeline.orgId);
  const messageChannel = pipeline.messageChannel === 1 ? 1 : 0;
  const { findings, isCurrent, error, compiled } = useFindings(document, {
    orgId: pipeline.orgId,
    messageChannel,
    templateType: template?.templateType ?? OF_STAGES,
  });
  const stages = template === undefined ? document : (compiled ?? NO_STAGES);
  const edit = useCallback<Design['edit']>(
    (name, next, more = {}) => change({ kind: 'edit', edit: name, document: next, at: Date.now(), ...more }),
    [],
  );
  const ask = useCallback<Design['ask']>((asked) => mayDesign && setSpot(asked), [mayDesign]);
  const preview = usePreview(pipeline, document, tried);
  const { seenFields } = preview;
  const design = useMemo(
    (): Design => ({
      state,
      document,
      template,
      stages,
      operators,
      findings,
      orgId: pipeline.orgId,
      seenFields,
      mayDesign,
      edit,
      select: (ids) => change({ kind: 'select', ids }),
      go: (place) => change({ kind: 'go', place }),
      ask,
      say: setSaid,
    }),
    [state, document, template, stages, operators, findings, pipeline.orgId, seenFields, mayDesign, edit, ask],
  );
  const { goal } = state;
  const { orgId } = pipeline;
  const steady = useMemo(
    (): SteadyDesign => ({ orgId, findings, mayDesign, ask, goal }),
    [orgId, findings, mayDesign, ask, goal],
  );
  const isDirty = isUnsaved(state);
  useDesignActions(design, { change, setDialog, toggleText: () => setText((shown) => !shown), isDirty });
  usePreviewActions(design, preview);
  useFileActions(design, pipeline.name, setDialog);
  useBlocker({
    shouldBlockFn: () => isDirty && !window.confirm(t('design.leave')),
    enableBeforeUnload: () => isDirty,
  });
  return (
    <DesignContext value={design}>
      <SteadyContext value={steady}>
        <div className={`${styles.page} ${preview.isOpen ? styles.withPreview : ''}`}>
          <Toolbar pipeline={pipeline} isDirty={isDirty} isChecked={isCurrent} checkError={error} />
          {template === undefined ? (
            <StagesView spot={spot} onSpot={setSpot} text={isText && <TextView />} />
          ) : (
            <FormView template={template} text={isText && <TextView />} />
          )}
          {preview.isOpen && <PreviewPanel pipeline={pipeline} preview={preview} />}
          <Problems isCurrent={isCurrent} error={error} />
          <p className={styles.said} role="status">
            {said}
          </p>
          {dialog !== undefined && (
            <DesignDialogs dialog={dialog} pipeline={pipeline} onChange={change} onDialog={setDialog} />
          )}
        </div>
      </SteadyContext>
    </DesignContext>
  );
};
