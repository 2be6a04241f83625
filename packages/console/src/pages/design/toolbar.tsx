import type { Pipeline } from '@penstock/client/session';
import { Link } from '@tanstack/react-router';
import { CircleAlert } from 'lucide-react';
import { useAllActions } from '../../actions/registry.ts';
import { Button } from '../../kit/button.tsx';
import { useText } from '../../reader/use-text.ts';
import styles from './designer.module.css';
import { useDesign } from './model/design-context.ts';

interface ToolbarProps {
  readonly pipeline: Pipeline;
  readonly isDirty: boolean;
  readonly isChecked: boolean;
  readonly checkError: unknown;
}

/** Actions that have a button, in this order. */
const BUTTONS = [
  'undo',
  'redo',
  'add',
  'layout',
  'preview',
  'text',
  'import',
  'export',
  'versions',
  'revert',
  'save',
  'release',
] as const;

/** A form has no canvas. */
const OF_CANVAS: ReadonlySet<(typeof BUTTONS)[number]> = new Set(['add', 'layout']);

/** What can be done with the document; the buttons are the actions of the palette. */
export const Toolbar = ({ pipeline, isDirty, isChecked, checkError }: ToolbarProps) => {
  const { t } = useText();
  const { findings, template } = useDesign();
  const actions = useAllActions();
  const { orgId, pipelineId, name, version, observed } = pipeline;
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const firstError = findings.find(({ severity }) => severity === 'error');
  const whyNoRelease = [
    ...(firstError === undefined ? [] : [t('design.releaseNot.errors', { n: errors, first: firstError.message })]),
    ...(isDirty ? [t('design.releaseNot.unsaved')] : []),
  ].join(' ');
  return (
    <div className={styles.bar}>
      <h1>
        {name} <span className={styles.hint}>{t('design.title')}</span>
      </h1>
      <Link to="/organizations/$orgId/pipelines/$pipelineId" params={{ orgId, pipelineId }}>
        {t('design.toRun')}
      </Link>
      <span className={styles.hint}>
        {version === null
          ? t('design.draft')
          : t('design.draftOf', {
              n: version,
              state: t(observed.state === 'RUNNING' ? 'state.RUNNING' : 'state.PUBLISHED'),
            })}
      </span>
      {isDirty && (
        <span className={styles.unsaved}>
          <CircleAlert size={14} aria-hidden="true" /> {t('design.unsaved')}
        </span>
      )}
      {checkError === undefined && isChecked && (
        <span className={errors > 0 ? styles.bad : styles.good}>
          {errors > 0 ? t('design.errors', { n: errors }) : t('design.valid')}
        </span>
      )}
      <span className={styles.grow} />
      {BUTTONS.filter((id) => template === undefined || !OF_CANVAS.has(id)).map((id) => {
        const action = actions.find((each) => each.id === `design.${id}`);
        return (
          <Button
            key={id}
            kind={id === 'release' ? 'primary' : 'plain'}
            disabled={action === undefined}
            title={id === 'release' && action === undefined ? whyNoRelease : undefined}
            onClick={() => action?.run()}
          >
            {t(`design.action.${id}`)}
          </Button>
        );
      })}
    </div>
  );
};
