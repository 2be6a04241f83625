import type { Template } from '@penstock/client/session';
import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { templatesQuery } from '../../api/references.ts';
import { BEGINNING_NAMES, type Beginning } from '../../catalogue/beginnings.ts';
import { Loading, Problem } from '../../kit/notice.tsx';
import { usePreferences } from '../../reader/preferences.ts';
import { useText } from '../../reader/use-text.ts';
import styles from './beginning-choice.module.css';

export type Chosen = { readonly beginning: Beginning } | { readonly template: Template };

interface BeginningChoiceProps {
  readonly chosen: Chosen;
  readonly onChoose: (chosen: Chosen) => void;
}

/** What a new pipeline begins with: nothing, some stages, or a template of the service, each with what it does. */
export const BeginningChoice = ({ chosen, onChoose }: BeginningChoiceProps) => {
  const { t } = useText();
  const { locale } = usePreferences();
  const templates = useQuery(templatesQuery(locale));
  const isBeginning = (name: Beginning): boolean => 'beginning' in chosen && chosen.beginning === name;
  const isTemplate = (type: number): boolean => 'template' in chosen && chosen.template.templateType === type;
  return (
    <>
      <fieldset className={styles.choice}>
        <legend>{t('design.template.stages')}</legend>
        {BEGINNING_NAMES.map((name) => (
          <Way
            key={name}
            label={t(`design.template.${name}`)}
            summary={t(`design.template.what.${name}`)}
            isChosen={isBeginning(name)}
            onChoose={() => onChoose({ beginning: name })}
          />
        ))}
      </fieldset>
      <fieldset className={styles.choice} aria-busy={templates.isPending}>
        <legend>{t('design.template.forms')}</legend>
        {templates.isPending && <Loading />}
        {templates.isError && <Problem title={t('run.loadFailed')} error={templates.error} />}
        {templates.data?.map((template) => (
          <Way
            key={template.templateType}
            label={template.label}
            summary={template.summary}
            isChosen={isTemplate(template.templateType)}
            onChoose={() => onChoose({ template })}
          />
        ))}
      </fieldset>
    </>
  );
};

interface WayProps {
  readonly label: string;
  readonly summary: string;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

const Way = ({ label, summary, isChosen, onChoose }: WayProps) => {
  const id = useId();
  return (
    <label className={`${styles.way} ${isChosen ? styles.chosen : ''}`}>
      <input
        type="radio"
        name="beginning"
        aria-label={label}
        aria-describedby={id}
        checked={isChosen}
        onChange={onChoose}
      />
      <span>
        <strong>{label}</strong>
        <span id={id} className={styles.what}>
          {summary}
        </span>
      </span>
    </label>
  );
};
