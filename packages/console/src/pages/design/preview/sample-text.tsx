import { FlaskConical, Pencil } from 'lucide-react';
import type { Previewed, PreviewSource } from '../../../api/preview.ts';
import { fileName } from '../../../document/document-file.ts';
import { Button } from '../../../kit/button.tsx';
import { saveFile } from '../../../reader/save-file.ts';
import { useText } from '../../../reader/use-text.ts';
import type { SeenStage } from '../../../records/pair-records.ts';
import { caseFile } from '../../../records/preview-case.ts';
import styles from './preview.module.css';

interface SampleTextProps {
  /** Name of the pipeline. */
  readonly name: string;
  readonly result: Previewed;
  /** Ids of the data sources. */
  readonly sources: readonly string[];
  /** What was run is the form of a template. */
  readonly isForm?: boolean;
  readonly onEdit: (source: PreviewSource) => void;
}

/** Which part of everything was looked at, and a way to change it and look again. */
export const SampleText = ({ name, result, sources, isForm, onEdit }: SampleTextProps) => {
  const { t, time } = useText();
  const { sample, stages, document, messages, at } = result;
  const [first = '', ...others] = sources;
  const textOf = (id: string): string => (stages.find((stage) => stage.id === id)?.output ?? []).join('\n');
  const hasRead = [first, ...others].some((id) => textOf(id) !== '');
  const { kind } = sample.source;
  const edit = (): void =>
    onEdit({
      kind: 'pasted',
      text: textOf(first),
      ...(others.length === 0 ? {} : { others: Object.fromEntries(others.map((id) => [id, textOf(id)])) }),
    });
  return (
    <p className={styles.sample}>
      <Size result={result} sources={sources} />{' '}
      {kind !== 'running' && hasRead && (
        <Button kind="quiet" onClick={edit}>
          <Pencil size={14} aria-hidden="true" /> {t('preview.edit')}
        </Button>
      )}
      {/* Cases stand beside documents of stages: `penstock test` fills in no form. */}
      {document !== undefined && isForm !== true && stages.length > 0 && (
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

const Size = ({ result, sources }: Pick<SampleTextProps, 'result' | 'sources'>) => {
  const { t, number } = useText();
  const { sample, stages } = result;
  const { source, messages = 0, total, skipped = 0, elsewhere = 0 } = sample;
  const read = stages.filter(({ id }) => sources.includes(id));
  if (stages.length === 0) return null;
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
    return [
      size,
      ...(skipped === 0 ? [] : [t('preview.sample.skipped', { n: number(skipped) })]),
      ...(elsewhere === 0 ? [] : [t('preview.sample.elsewhere', { n: number(elsewhere) })]),
    ].join(' ');
  }
  // A message may hold several records, and some are none.
  const sum = (of: (stage: SeenStage) => number): number => read.reduce((all, stage) => all + of(stage), 0);
  const refused = sum(({ errors, dropped }) => errors.length + dropped.length);
  const size = t(`preview.sample.${source.kind}`, {
    n: number(sum(({ output }) => output.length)),
    count: number(source.count),
  });
  return refused === 0 ? size : `${size} ${t('preview.sample.refused', { n: number(refused) })}`;
};
