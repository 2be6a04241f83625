import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AssetFilters } from '../../api/filters/asset-filters.ts';
import { modelsQuery } from '../../api/references.ts';
import { Button } from '../../kit/button.tsx';
import { SearchField, SelectField } from '../../kit/field.tsx';
import { Empty, Queried } from '../../kit/notice.tsx';
import styles from '../../kit/page.module.css';
import { More, Table, tableStyles } from '../../kit/table.tsx';
import { useText } from '../../reader/use-text.ts';
import { AssetDialog } from './asset-dialog.tsx';
import { assetListQuery, treesQuery } from './asset-requests.ts';
import { AssetTree } from './asset-tree.tsx';
import { tagsOf } from './tags.ts';

interface AssetListProps {
  readonly orgId: string;
  readonly filters: AssetFilters;
  readonly onShow: (filters: AssetFilters) => void;
}

/** Assets that have what is looked for. */
export const AssetList = ({ orgId, filters, onShow }: AssetListProps) => {
  const { t, number } = useText();
  const list = useInfiniteQuery(assetListQuery(orgId, filters));
  const [shown, setShown] = useState<string>();
  const isFiltered = Object.keys(filters).length > 0;
  const columns = [
    { name: t('assets.id') },
    { name: t('assets.name') },
    { name: t('assets.model') },
    { name: t('assets.tags') },
  ];
  return (
    <section className={styles.section}>
      <h2>{t('assets.assets')}</h2>
      <Filters orgId={orgId} filters={filters} onShow={onShow} />
      {filters.tree !== undefined && (
        <AssetTree key={filters.tree} orgId={orgId} treeId={filters.tree} onShow={setShown} />
      )}
      <Queried query={list} failed={t('assets.failed')}>
        {({ pages }) => {
          const assets = pages.flatMap(({ items }) => items);
          if (assets.length === 0)
            return isFiltered ? (
              <Empty title={t('assets.noMatch')}>
                <Button onClick={() => onShow({})}>{t('assets.clear')}</Button>
              </Empty>
            ) : (
              <Empty title={t('assets.noAssets')} />
            );
          return (
            <Table label={t('assets.assets')} columns={columns}>
              {assets.map(({ assetId, name, modelId, modelIdPath, tags }) => (
                <tr key={assetId}>
                  <th scope="row" className={tableStyles.wide}>
                    <button
                      type="button"
                      className={styles.link}
                      aria-label={t('assets.show', { id: assetId })}
                      onClick={() => setShown(assetId)}
                    >
                      {assetId}
                    </button>
                  </th>
                  <td className={tableStyles.wide}>{name}</td>
                  <td title={modelIdPath}>{modelId}</td>
                  <td className={tableStyles.wide}>{tagsOf(tags)}</td>
                </tr>
              ))}
            </Table>
          );
        }}
      </Queried>
      <More list={list}>
        <span className={styles.hint}>
          {t('assets.shown', {
            n: number(list.data?.pages.reduce((sum, { items }) => sum + items.length, 0) ?? 0),
          })}
        </span>
      </More>
      {shown !== undefined && <AssetDialog orgId={orgId} assetId={shown} onClose={() => setShown(undefined)} />}
    </section>
  );
};

const Filters = ({ orgId, filters, onShow }: AssetListProps) => {
  const { t } = useText();
  const models = useQuery(modelsQuery(orgId));
  const trees = useQuery(treesQuery(orgId));
  const choose = (name: 'text' | 'model' | 'tree', value: string): void => {
    const { [name]: _, ...others } = filters;
    onShow(value === '' ? others : { ...others, [name]: value });
  };
  const options = (all: string, items: readonly { readonly value: string; readonly name: string }[]) => [
    { value: '', text: all },
    ...items.map(({ value, name }) => ({ value, text: name === '' || name === value ? value : `${value} · ${name}` })),
  ];
  return (
    <div className={styles.tools} role="search">
      <SearchField label={t('assets.search')} value={filters.text ?? ''} onSearch={(text) => choose('text', text)} />
      <SelectField
        hideLabel
        label={t('assets.model')}
        value={filters.model ?? ''}
        options={options(
          t('assets.anyModel'),
          (models.data?.items ?? []).map(({ modelId, name }) => ({ value: modelId, name })),
        )}
        onChange={({ target }) => choose('model', target.value)}
      />
      {(trees.data?.items.length ?? 0) > 0 && (
        <SelectField
          hideLabel
          label={t('assets.tree')}
          value={filters.tree ?? ''}
          options={options(
            t('assets.anyTree'),
            (trees.data?.items ?? []).map(({ treeId, name }) => ({ value: treeId, name })),
          )}
          onChange={({ target }) => choose('tree', target.value)}
        />
      )}
    </div>
  );
};
