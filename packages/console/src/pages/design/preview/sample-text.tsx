import { FlaskConical, Pencil } from 'lucide-react';
import type { Previewed, PreviewSource } from '../../../api/preview.ts';
import { fileName } from '../../../document/document-file.ts';
import { Button } from '../../../kit/button.tsx';
import { useText } from '../../../reader/use-text.ts';
import { caseFile } from '../../../records/preview-case.ts';
import { saveFile } from '../save-file.ts';
import styles from './preview.module.css';

interface SampleTextProps {
  /** Name of the pipeline. */
  readonly name: string;
  readonly result: Previewed;
  readonly onEdit: (source: PreviewSource) => void;
}

/** Which part of everything was looked at, and a way to change it and look again. */
export const SampleText = ({ name, result, onEdit }: SampleTextProps) => {
  const { t, time } = useText();
  const { sample, stages, document, messages, at } = result;
  const read = stages[0]?.output ?? [];
  const { kind } = sample.source;
  return (
    <p className={styles.sample}>
      <Size result={result} />{' '}
      {kind !== 'running' && read.length > 0 && (
        <Button kind="quiet" onClick={() => onEdit({ kind: 'pasted', text: read.join('\n') })}>
          <Pencil size={14} aria-hidden="true" /> {t('preview.edit')}
        </Button>
      )}
      {document !== undefined && stages.length > 0 && (
        <Button
          kind="quiet"
          title={t('preview.caseHint')}
          onClick={() => {
            const title = t('preview.caseTitle', { name, time: time(at) });
            saveFile({ name: fileName(title), text: caseFile(title, { document, stages, messages, at }) });
          }}
        >
          <FlaskConical size={14} aria-hidden="true" /> {t('preview.case')}
        </Button>
      )}
    </p>
  );
};

const Size = ({ result }: { readonly result: Previewed }) => {
  const { t, number } = useText();
  const { sample, stages } = result;
  const { source, messages = 0, total, skipped = 0 } = sample;
  const first = stages[0];
  if (first === undefined) return null;
  if (source.kind === 'running')
    return t(sample.isComplete === true ? 'preview.sample.running' : 'preview.sample.runningPart', {
      n: number(source.count),
    });
  if (source.kind === 'pasted') return t('preview.sample.pasted', { n: number(messages) });
  if (source.kind === 'letters') {
    const size =
      total === undefined
        ? t('preview.sample.lettersNewest', { n: number(messages) })
        : t('preview.sample.letters', { n: number(messages), total: number(total) });
    return skipped === 0 ? size : `${size} ${t('preview.sample.skipped', { n: number(skipped) })}`;
  }
  // A message may hold several records, and some are none.
  const read = first.output.length;
  const refused = first.errors.length + first.dropped.length;
  const size = t(`preview.sample.${source.kind}`, { n: number(read), count: number(source.count) });
  return refused === 0 ? size : `${size} ${t('preview.sample.refused', { n: number(refused) })}`;
};
