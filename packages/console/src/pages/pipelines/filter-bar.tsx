import { useQuery } from '@tanstack/react-query';
import type { ReactNode, RefObject } from 'react';
import type { PipelineFilters } from '../../api/filters/pipeline-filters.ts';
import { filingQuery } from '../../api/pipelines.ts';
import { SearchField, SelectField } from '../../kit/field.tsx';
import { useText } from '../../reader/use-text.ts';
import styles from './pipelines-page.module.css';

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
      <SearchField
        label={t('pipelines.search')}
        value={filters.text ?? ''}
        inputRef={searchRef}
        onSearch={(text) => {
          const { text: _text, ...others } = filters;
          onFilter(text === '' ? others : { ...others, text });
        }}
      />
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
