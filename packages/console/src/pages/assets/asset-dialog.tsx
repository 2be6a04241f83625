import { useQuery } from '@tanstack/react-query';
import { type JsonValue, shownJson } from '../../document/json.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { Queried } from '../../kit/notice.tsx';
import { Terms } from '../../kit/terms.tsx';
import { useText } from '../../reader/use-text.ts';
import { assetQuery } from './asset-requests.ts';
import { tagsOf } from './tags.ts';

interface AssetDialogProps {
  readonly orgId: string;
  readonly assetId: string;
  readonly onClose: () => void;
}

/** All that is known of an asset. */
export const AssetDialog = ({ orgId, assetId, onClose }: AssetDialogProps) => {
  const { t, time } = useText();
  const asset = useQuery(assetQuery(orgId, assetId));
  return (
    <Dialog title={assetId} onClose={onClose} actions={<Button onClick={onClose}>{t('app.close')}</Button>}>
      <Queried query={asset} failed={t('assets.failed')}>
        {(found) => {
          const { name, label, description, modelIdPath, timezone, tags, attributes, extraInfo, places } = found;
          const terms = [
            [t('assets.name'), name],
            [t('assets.label'), label],
            [t('assets.description'), description],
            [t('assets.model'), modelIdPath],
            [t('assets.timezone'), timezone ?? ''],
            [t('assets.tags'), tagsOf(tags)],
            [
              t('assets.places'),
              places.map(({ treeId, parentId }) => `${treeId}: ${parentId ?? t('assets.root')}`).join(', '),
            ],
            [t('assets.changed'), time(found.updatedAt)],
            ...Object.entries(attributes).map(([key, value]) => [key, shownJson(value as JsonValue)] as const),
            ...Object.entries(extraInfo).map(([key, value]) => [key, shownJson(value as JsonValue)] as const),
          ] as const;
          return <Terms items={terms} />;
        }}
      </Queried>
    </Dialog>
  );
};
