import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Upload } from 'lucide-react';
import { useState } from 'react';
import type { AssetFilters } from '../../api/filters/asset-filters.ts';
import { mayDesign } from '../../api/session.ts';
import { useSession } from '../../api/use-session.ts';
import { Button } from '../../kit/button.tsx';
import { Empty, Queried } from '../../kit/notice.tsx';
import styles from '../../kit/page.module.css';
import { useText } from '../../reader/use-text.ts';
import { AssetList } from './asset-list.tsx';
import { storeQuery } from './asset-requests.ts';
import { ImportDialog } from './import-dialog.tsx';
import { Models } from './models.tsx';

/** What an organisation measures: models with their points, and assets to be looked for. */
export const AssetsPage = () => {
  const { t, number } = useText();
  const { orgId } = useParams({ from: '/organizations/$orgId/assets' });
  const filters = useSearch({ from: '/organizations/$orgId/assets' });
  const navigate = useNavigate({ from: '/organizations/$orgId/assets' });
  const client = useQueryClient();
  const store = useQuery(storeQuery(orgId));
  const [imports, setImports] = useState(false);
  const isDesigner = mayDesign(useSession(), orgId);
  const show = (next: AssetFilters): void => void navigate({ replace: true, search: next });
  const take = isDesigner && (
    <Button kind="primary" onClick={() => setImports(true)}>
      <Upload size={14} aria-hidden="true" /> {t('assets.import')}
    </Button>
  );
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>{t('assets.title')}</h1>
        {store.data !== undefined && store.data.models > 0 && (
          <>
            <span className={styles.hint}>
              {t('assets.size', {
                models: number(store.data.models),
                points: number(store.data.points),
                assets: number(store.data.assets),
                trees: number(store.data.trees),
              })}
            </span>
            {take}
          </>
        )}
      </div>
      <Queried query={store} failed={t('assets.failed')}>
        {({ models }) =>
          models === 0 ? (
            <Empty title={t('assets.none')} hint={t('assets.noneHint')}>
              {take}
            </Empty>
          ) : (
            <>
              <AssetList orgId={orgId} filters={filters} onShow={show} />
              <Models orgId={orgId} />
            </>
          )
        }
      </Queried>
      {imports && (
        <ImportDialog
          orgId={orgId}
          onDone={() =>
            client.invalidateQueries({
              predicate: ({ queryKey }) => queryKey[1] === orgId && String(queryKey[0]).startsWith('asset'),
            })
          }
          onClose={() => setImports(false)}
        />
      )}
    </div>
  );
};
