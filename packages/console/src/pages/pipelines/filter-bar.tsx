import { useQuery } from '@tanstack/react-query';
import { type ReactNode, type RefObject, useEffect, useState } from 'react';
import type { PipelineFilters } from '../../api/pipeline-filters.ts';
import { filingQuery } from '../../api/pipelines.ts';
import field from '../../kit/field.module.css';
import { SelectField } from '../../kit/field.tsx';
import { useText } from '../../reader/use-text.ts';
import styles from './pipelines-page.module.css';

/** While somebody types, the list is not asked for at every letter. */
const TYPING_MS = 250;

/** In a list of groups this stands for those in none, which the address writes as an empty text. */
const NO_GROUP = '\u0000none';

interface FilterBarProps {
  readonly orgId: string;
  readonly filters: PipelineFilters;
  readonly onFilter: (filters: PipelineFilters) => void;
  readonly searchRef: RefObject<HTMLInputElement | null>;
  readonly children: ReactNode;
}

export const FilterBar = ({ orgId, filters, onFilter, searchRef, children }: FilterBarProps) => {
  const { t } = useText();
  return (
    <div className={styles.filters} role="search">
      <SearchField filters={filters} onFilter={onFilter} searchRef={searchRef} />
      <SelectField
        hideLabel
        label={t('pipelines.mode')}
        value={filters.mode ?? ''}
        options={[
          { value: '', text: t('pipelines.anyMode') },
          { value: '0', text: t('mode.0') },
          { value: '1', text: t('mode.1') },
        ]}
        onChange={({ target }) => {
          const { mode: _mode, ...others } = filters;
          onFilter(target.value === '' ? others : { ...others, mode: target.value === '1' ? 1 : 0 });
        }}
      />
      <FilingFields orgId={orgId} filters={filters} onFilter={onFilter} />
      <SelectField
        hideLabel
        label={t('pipelines.sort')}
        value={filters.sort ?? ''}
        options={[
          { value: '', text: t('pipelines.sort.updated') },
          { value: 'name', text: t('pipelines.sort.name') },
        ]}
        onChange={({ target }) => {
          const { sort: _sort, ...others } = filters;
          onFilter(target.value === 'name' ? { ...others, sort: 'name' } : others);
        }}
      />
      {children}
    </div>
  );
};

const SearchField = ({ filters, onFilter, searchRef }: Pick<FilterBarProps, 'filters' | 'onFilter' | 'searchRef'>) => {
  const { t } = useText();
  const [typed, setTyped] = useState(filters.text ?? '');
  // Whoever goes back or opens a link sees what the address says.
  useEffect(() => setTyped(filters.text ?? ''), [filters.text]);
  useEffect(() => {
    if (typed === (filters.text ?? '')) return;
    const timer = setTimeout(() => {
      const { text: _text, ...others } = filters;
      onFilter(typed === '' ? others : { ...others, text: typed });
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, filters, onFilter]);
  return (
    <input
      ref={searchRef}
      type="search"
      className={field.control}
      aria-label={t('pipelines.search')}
      placeholder={t('pipelines.search')}
      maxLength={200}
      value={typed}
      onChange={({ target }) => setTyped(target.value)}
    />
  );
};

/** Groups and labels, where there are any. */
const FilingFields = ({ orgId, filters, onFilter }: Pick<FilterBarProps, 'orgId' | 'filters' | 'onFilter'>) => {
  const { t, number } = useText();
  const filing = useQuery(filingQuery(orgId));
  const groups = filing.data?.groups ?? [];
  const labels = filing.data?.labels ?? [];
  const hasGroups = groups.some(({ name }) => name !== null) || filters.group !== undefined;
  return (
    <>
      {hasGroups && (
        <SelectField
          hideLabel
          label={t('pipelines.group')}
          value={filters.group === '' ? NO_GROUP : (filters.group ?? '')}
          options={[
            { value: '', text: t('pipelines.anyGroup') },
            ...groups.map(({ name, pipelines }) => ({
              value: name ?? NO_GROUP,
              text: `${name ?? t('pipelines.noGroup')} (${number(pipelines)})`,
            })),
          ]}
          onChange={({ target }) => {
            const { group: _group, ...others } = filters;
            if (target.value === '') onFilter(others);
            else onFilter({ ...others, group: target.value === NO_GROUP ? '' : target.value });
          }}
        />
      )}
      {(labels.length > 0 || filters.label !== undefined) && (
        <SelectField
          hideLabel
          label={t('pipelines.label')}
          value={filters.label ?? ''}
          options={[
            { value: '', text: t('pipelines.anyLabel') },
            ...labels.map(({ name, pipelines }) => ({ value: name, text: `${name} (${number(pipelines)})` })),
          ]}
          onChange={({ target }) => {
            const { label: _label, ...others } = filters;
            onFilter(target.value === '' ? others : { ...others, label: target.value });
          }}
        />
      )}
    </>
  );
};
