import { useMemo, useState } from 'react';
import { operatorOf } from '../../../catalogue/operators.ts';
import { kindOf, stageOf } from '../../../document/shape.ts';
import { Button } from '../../../kit/button.tsx';
import { CheckField } from '../../../kit/field.tsx';
import { Empty } from '../../../kit/notice.tsx';
import { useText } from '../../../reader/use-text.ts';
import { type RecordRow, rowsOf, type SeenStage } from '../../../records/pair-records.ts';
import { useDesign } from '../model/design-context.ts';
import styles from './preview.module.css';
import { RecordView, type ShownFate } from './record-view.tsx';

/** So many more are shown each time. */
const PAGE = 50;

/** What became of each record at a stage. */
export const StageRecords = ({ stage }: { readonly stage: SeenStage }) => {
  const { t, number } = useText();
  const { stages, operators } = useDesign();
  const [isWhole, setWhole] = useState(false);
  const [pages, setPages] = useState(1);
  const designed = stageOf(stages, stage.id);
  const isTarget = designed !== undefined && kindOf(designed) === 'target';
  const isStateful = designed !== undefined && operatorOf(operators, designed)?.stateful === true;
  // What a target was given would be written; some put the same out again, which is no second record.
  const rows = useMemo(
    () => rowsOf(isTarget ? { ...stage, output: [] } : stage, isStateful),
    [stage, isTarget, isStateful],
  );
  return (
    <div className={styles.records}>
      <div className={styles.recordsHead}>
        <h3>{stage.label}</h3>
        {isTarget && <strong className={styles.notWritten}>{t('preview.notWritten')}</strong>}
        {isStateful && <span>{t('preview.stateful')}</span>}
        <span className={styles.grow} />
        <CheckField
          label={t('preview.allFields')}
          checked={isWhole}
          onChange={({ target }) => setWhole(target.checked)}
        />
      </div>
      {rows.length === 0 && <Empty title={t('preview.noRecords')} />}
      <ol className={styles.rows} aria-label={t('preview.recordsOf', { name: stage.label })}>
        {rows.slice(0, pages * PAGE).map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: records may be alike; one is its place in the answer
          <RecordView key={index} row={row} fate={fateOf(row, isTarget, stage)} isWhole={isWhole} />
        ))}
      </ol>
      {rows.length > pages * PAGE && (
        <p>
          {t('preview.shown', { n: number(pages * PAGE), total: number(rows.length) })}{' '}
          <Button onClick={() => setPages(pages + 1)}>{t('app.more')}</Button>
        </p>
      )}
    </div>
  );
};

/** Of a source nothing goes in; of a target nothing comes out. */
const fateOf = ({ fate }: RecordRow, isTarget: boolean, { input }: SeenStage): ShownFate => {
  if (fate === 'kept' && isTarget) return 'target';
  return fate === 'made' && input.length === 0 ? 'read' : fate;
};
