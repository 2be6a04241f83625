import { Filter, TriangleAlert } from 'lucide-react';
import { useText } from '../../../reader/use-text.ts';
import type { SeenStage } from '../../../records/pair-records.ts';
import { useDesign } from '../model/design-context.ts';
import styles from './preview.module.css';

interface StageCountsProps {
  readonly stages: readonly SeenStage[];
  readonly shown: string | undefined;
}

/** Stages in order with how many records went in and came out; one of them is shown, and chosen in the canvas as well. */
export const StageCounts = ({ stages, shown }: StageCountsProps) => {
  const { t, number } = useText();
  const { select } = useDesign();
  return (
    <ul className={styles.stages} aria-label={t('preview.stages')}>
      {stages.map(({ id, label, input, output, dropped, errors }) => (
        <li key={id}>
          <button type="button" className={styles.stage} aria-pressed={id === shown} onClick={() => select([id])}>
            <strong>{label}</strong>
            <span className={styles.figures}>
              {t('preview.inOut', { input: number(input.length), output: number(output.length) })}
              {dropped.length > 0 && (
                <span>
                  <Filter size={12} aria-hidden="true" /> {t('preview.droppedCount', { n: number(dropped.length) })}
                </span>
              )}
              {errors.length > 0 && (
                <span className={styles.bad}>
                  <TriangleAlert size={12} aria-hidden="true" /> {t('preview.errorCount', { n: number(errors.length) })}
                </span>
              )}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
};
