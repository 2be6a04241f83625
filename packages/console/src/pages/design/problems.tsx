import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react';
import { CodeHelp } from '../../codes/code-help.tsx';
import type { DocumentPlace } from '../../document/places.ts';
import { labelOf, stageOf } from '../../document/shape.ts';
import { titleOfPlace } from '../../forms/form-document.ts';
import { Problem } from '../../kit/notice.tsx';
import { useText } from '../../reader/use-text.ts';
import styles from './designer.module.css';
import { useDesign } from './model/design-context.ts';

/** Everything the service finds about the document; each row leads to its field. */
export const Problems = ({ isCurrent, error }: { readonly isCurrent: boolean; readonly error: unknown }) => {
  const { t } = useText();
  const { document, template, findings, go } = useDesign();
  const nameOf = (place: DocumentPlace): string => {
    const stage = place.stage === undefined ? undefined : stageOf(document, place.stage);
    const title = template === undefined ? '' : titleOfPlace(template.fields, place);
    const name = stage === undefined ? title : labelOf(stage);
    return name === '' ? '' : `${name}: `;
  };
  if (error !== undefined) return <Problem title={t('design.checkFailed')} error={error} />;
  return (
    <section className={styles.problems} aria-label={t('design.problems')} aria-busy={!isCurrent}>
      {findings.length === 0 && (
        <p className={styles.hint}>
          <CircleCheck size={14} aria-hidden="true" /> {isCurrent ? t('design.noProblems') : t('design.checking')}
        </p>
      )}
      <ul>
        {findings.map(({ code, severity, message, place }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same may be said of several places
          <li key={`${index} ${code}`}>
            <button type="button" className={styles.rowButton} onClick={() => go(place)}>
              {severity === 'error' ? (
                <CircleX size={14} className={styles.bad} aria-label={t('run.severity.error')} />
              ) : (
                <TriangleAlert size={14} className={styles.warn} aria-label={t('run.severity.warning')} />
              )}
              <span>
                <strong>{nameOf(place)}</strong>
                {message} <code>{code}</code>
              </span>
            </button>
            <CodeHelp code={code} beside="all-in-english" />
          </li>
        ))}
      </ul>
    </section>
  );
};
