import type { Pipeline } from '@penstock/client/session';
import { X } from 'lucide-react';
import type { Previewed } from '../../../api/preview.ts';
import { idOf, kindOf, labelOf, sourceIdsOf, stagesOf } from '../../../document/shape.ts';
import { IconButton } from '../../../kit/button.tsx';
import { Empty, Loading, Problem } from '../../../kit/notice.tsx';
import { useText } from '../../../reader/use-text.ts';
import { useDesign } from '../model/design-context.ts';
import styles from './preview.module.css';
import { SampleText } from './sample-text.tsx';
import { SourceForm } from './source-form.tsx';
import { StageCounts } from './stage-counts.tsx';
import { StageRecords } from './stage-records.tsx';
import type { Preview } from './use-preview.ts';

interface PreviewPanelProps {
  readonly pipeline: Pipeline;
  readonly preview: Preview;
}

/** The document run over some records: stage by stage what went in, what came out, and what did not. */
export const PreviewPanel = ({ pipeline, preview }: PreviewPanelProps) => {
  const { t } = useText();
  const { source, isRunning, result, error, choose, run, close } = preview;
  const { document, template, stages } = useDesign();
  const sources = stagesOf(stages)
    .filter((stage) => kindOf(stage) === 'source')
    .map((stage) => ({ id: idOf(stage), label: labelOf(stage) }));
  return (
    <section className={styles.panel} aria-label={t('preview.title')} aria-busy={isRunning}>
      <div className={styles.head}>
        <SourceForm
          source={source}
          sources={sources}
          isRunning={isRunning}
          hasRun={pipeline.observed.state === 'RUNNING'}
          onChoose={choose}
          onRun={run}
        />
        {result !== undefined && (
          <SampleText
            name={pipeline.name}
            result={result}
            sources={sourceIdsOf(template === undefined ? (result.document ?? document) : stages)}
            isForm={template !== undefined}
            onEdit={choose}
          />
        )}
        <IconButton label={t('preview.close')} onClick={close}>
          <X size={16} aria-hidden="true" />
        </IconButton>
      </div>
      {error !== undefined && !isRunning && <Problem title={t('preview.failed')} error={error} />}
      {isRunning && <Loading />}
      {!isRunning && result === undefined && error === undefined && (
        <Empty title={t('preview.none')} hint={t('preview.noneHint')} />
      )}
      {!isRunning && result !== undefined && error === undefined && <Result result={result} />}
    </section>
  );
};

const Result = ({ result }: { readonly result: Previewed }) => {
  const { t } = useText();
  const { state, document } = useDesign();
  const { stages, issues } = result;
  if (stages.length === 0)
    return (
      <Empty title={t('preview.notRun')} hint={issues.find(({ severity }) => severity === 'error')?.message ?? ''} />
    );
  const shown = stages.find(({ id }) => state.selection.has(id)) ?? stages[0];
  return (
    <>
      {result.document !== undefined && result.document !== document && (
        <p className={styles.old} role="status">
          {t('preview.old')}
        </p>
      )}
      <div className={styles.columns}>
        <StageCounts stages={stages} shown={shown?.id} />
        {shown !== undefined && <StageRecords key={shown.id} stage={shown} />}
      </div>
    </>
  );
};
