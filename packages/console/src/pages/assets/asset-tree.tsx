import { useInfiniteQuery } from '@tanstack/react-query';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '../../kit/button.tsx';
import { Queried } from '../../kit/notice.tsx';
import page from '../../kit/page.module.css';
import { More } from '../../kit/table.tsx';
import { useText } from '../../reader/use-text.ts';
import { placesQuery } from './asset-requests.ts';
import styles from './asset-tree.module.css';

interface LevelProps {
  readonly orgId: string;
  readonly treeId: string;
  /** What it lies below; undefined: at the top. */
  readonly below?: string | undefined;
  readonly onShow: (assetId: string) => void;
}

/** A tree of assets from its top: what lies below one is asked for when somebody opens it. */
export const AssetTree = (props: LevelProps) => {
  const { t } = useText();
  return (
    <section className={styles.tree} aria-label={t('assets.treeOf', { id: props.treeId })}>
      <Level {...props} />
    </section>
  );
};

const Level = ({ orgId, treeId, below, onShow }: LevelProps) => {
  const { t } = useText();
  const list = useInfiniteQuery(placesQuery(orgId, treeId, below));
  return (
    <Queried query={list} failed={t('assets.failed')}>
      {({ pages }) => {
        const places = pages.flatMap(({ items }) => items);
        return (
          <>
            {places.length === 0 && <p className={page.hint}>{t('assets.noPlaces')}</p>}
            <ul>
              {places.map((place) => (
                <Place key={place.assetId} orgId={orgId} treeId={treeId} place={place} onShow={onShow} />
              ))}
            </ul>
            <More list={list} />
          </>
        );
      }}
    </Queried>
  );
};

interface PlaceProps extends LevelProps {
  readonly place: {
    readonly assetId: string;
    readonly name: string;
    readonly modelId: string;
    readonly children: number;
  };
}

const Place = ({ orgId, treeId, place, onShow }: PlaceProps) => {
  const { t, number } = useText();
  const [isOpen, setOpen] = useState(false);
  const { assetId, name, modelId, children } = place;
  const title = name === '' ? assetId : name;
  return (
    <li>
      <div className={styles.place}>
        {children === 0 ? (
          <span className={styles.leaf} />
        ) : (
          <IconButton
            label={t(isOpen ? 'assets.closePlace' : 'assets.openPlace', { name: title })}
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? <ChevronDown size={14} aria-hidden="true" /> : <ChevronRight size={14} aria-hidden="true" />}
          </IconButton>
        )}
        <button type="button" className={page.link} title={assetId} onClick={() => onShow(assetId)}>
          {title}
        </button>
        <span className={page.hint}>
          {modelId}
          {children > 0 && ` · ${t('assets.below', { n: number(children) })}`}
        </span>
      </div>
      {isOpen && <Level orgId={orgId} treeId={treeId} below={assetId} onShow={onShow} />}
    </li>
  );
};
