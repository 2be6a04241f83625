import {
  countsOfTabs,
  type PipelineFilters,
  STATE_TAB_NAMES,
  type StateTab,
} from '../../api/filters/pipeline-filters.ts';
import { useText } from '../../reader/use-text.ts';
import styles from './pipelines-page.module.css';

interface StateTabsProps {
  readonly filters: PipelineFilters;
  /** How many are in each state, as the service counted; undefined before it has. */
  readonly counts: Readonly<Record<string, number>> | undefined;
  readonly onFilter: (filters: PipelineFilters) => void;
}

export const StateTabs = ({ filters, counts, onFilter }: StateTabsProps) => {
  const { t, number } = useText();
  const numbers = counts === undefined ? undefined : countsOfTabs(counts);
  const { state: _state, ...others } = filters;
  const tab = (name: StateTab | 'all') => (
    <button
      key={name}
      type="button"
      className={styles.tab}
      aria-pressed={(filters.state ?? 'all') === name}
      onClick={() => onFilter(name === 'all' ? others : { ...others, state: name })}
    >
      {t(`pipelines.${name}`)}
      {numbers !== undefined && <span className={styles.count}>{number(numbers[name])}</span>}
    </button>
  );
  return (
    <div className={styles.tabs} role="group" aria-label={t('pipelines.states')}>
      {tab('all')}
      {STATE_TAB_NAMES.map(tab)}
    </div>
  );
};
