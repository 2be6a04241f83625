import { useId } from 'react';
import type { PreviewSource } from '../../../api/preview.ts';
import { Button } from '../../../kit/button.tsx';
import { AreaField, SelectField } from '../../../kit/field.tsx';
import { Mark } from '../../../kit/mark.tsx';
import page from '../../../kit/page.module.css';
import { useText } from '../../../reader/use-text.ts';
import styles from './preview.module.css';

const KINDS = ['latest', 'earliest', 'pasted', 'letters', 'running'] as const;
const COUNTS = ['5', '20', '50', '200'] as const;
/** A running pipeline is asked for so many of each stage at most. */
const MOST_OF_RUN = 50;

interface SourceFormProps {
  readonly source: PreviewSource;
  /** The data sources of the document, the first one first. */
  readonly sources: readonly { readonly id: string; readonly label: string }[];
  readonly isRunning: boolean;
  /** Whether the pipeline runs, so that its own records can be looked at. */
  readonly hasRun: boolean;
  readonly onChoose: (source: PreviewSource) => void;
  readonly onRun: () => void;
}

/** Which records are run, and how many. */
export const SourceForm = ({ source, sources, isRunning, hasRun, onChoose, onRun }: SourceFormProps) => {
  const { t } = useText();
  const id = useId();
  const count = source.kind === 'pasted' ? 20 : source.count;
  const choose = (kind: string): void => {
    const found = KINDS.find((each) => each === kind);
    if (found === 'pasted') onChoose({ kind: found, text: '' });
    else if (found !== undefined)
      onChoose({ kind: found, count: found === 'running' ? Math.min(MOST_OF_RUN, count) : count });
  };
  const counts = COUNTS.filter((each) => source.kind !== 'running' || Number(each) <= MOST_OF_RUN);
  return (
    <form
      className={styles.form}
      aria-labelledby={id}
      onSubmit={(event) => {
        event.preventDefault();
        onRun();
      }}
    >
      <h2 id={id}>{t('preview.title')}</h2>
      <SelectField
        hideLabel
        label={t('preview.source')}
        value={source.kind}
        options={KINDS.map((kind) => ({
          value: kind,
          text: t(`preview.source.${kind}`),
          disabled: kind === 'running' && !hasRun,
        }))}
        onChange={({ target }) => choose(target.value)}
      />
      {source.kind !== 'pasted' && (
        <SelectField
          hideLabel
          label={t('preview.count')}
          value={String(source.count)}
          options={counts.map((value) => ({ value, text: t('preview.atMost', { n: value }) }))}
          onChange={({ target }) => onChoose({ kind: source.kind, count: Number(target.value) })}
        />
      )}
      <Button type="submit" kind="primary" disabled={isRunning}>
        {t(isRunning ? 'preview.working' : source.kind === 'running' ? 'preview.look' : 'preview.run')}
      </Button>
      {source.kind === 'pasted' && (
        <div className={styles.pasted}>
          {source.undecided !== undefined && (
            <WhichSource source={source} asked={source.undecided} sources={sources} onChoose={onChoose} />
          )}
          {(sources.length === 0 ? [{ id: '', label: '' }] : sources).map(({ id: of, label }, index) => (
            <AreaField
              key={of}
              label={sources.length > 1 ? t('preview.recordsOfSource', { name: label }) : t('preview.records')}
              hint={t('preview.recordsHint')}
              rows={4}
              spellCheck={false}
              value={index === 0 ? source.text : (source.others?.[of] ?? '')}
              onChange={({ target: { value } }) =>
                onChoose(
                  index === 0 ? { ...source, text: value } : { ...source, others: { ...source.others, [of]: value } },
                )
              }
            />
          ))}
        </div>
      )}
    </form>
  );
};

type Pasted = Extract<PreviewSource, { readonly kind: 'pasted' }>;

interface WhichSourceProps extends Pick<SourceFormProps, 'sources' | 'onChoose'> {
  readonly source: Pasted;
  readonly asked: NonNullable<Pasted['undecided']>;
}

/** Asks which data source a message goes to whose topic none of them reads. */
const WhichSource = ({ source, asked: { topic, message }, sources, onChoose }: WhichSourceProps) => {
  const { t } = useText();
  const give = (id: string, index: number): void => {
    const { undecided: _, ...others } = source;
    onChoose(index === 0 ? { ...others, text: message } : { ...others, others: { ...others.others, [id]: message } });
  };
  return (
    <div role="group" aria-label={t('preview.whichSource', { topic })}>
      <Mark tone="warn">{t('preview.whichSource', { topic })}</Mark>
      <div className={page.tools}>
        {sources.map(({ id, label }, index) => (
          <Button key={id} onClick={() => give(id, index)}>
            {t('preview.giveTo', { name: label })}
          </Button>
        ))}
      </div>
    </div>
  );
};
