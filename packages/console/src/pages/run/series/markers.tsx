import type { Series } from '@penstock/client/session';
import { useMemo } from 'react';
import page from '../../../kit/page.module.css';
import type { Marker } from '../../../plot/markers.ts';
import { useText } from '../../../reader/use-text.ts';

type Told = Series['markers'];

/** So many are named below the charts, the newest ones. */
const NAMED = 8;

/** What happened meanwhile, to be drawn. A run that has begun needs no second line for being under way. */
export const useMarkers = (told: Told): readonly Marker[] => {
  const { t } = useText();
  return useMemo(
    () =>
      told
        .filter(({ kind }) => kind !== 'running')
        .map(({ at, kind }) => ({ at: at / 1000, label: t(`run.marker.${kind}`) })),
    [told, t],
  );
};

/** The same in words: a picture is not for everybody. */
export const Markers = ({ markers }: { readonly markers: Told }) => {
  const { t, time } = useText();
  if (markers.length === 0) return null;
  const named = markers.slice(-NAMED).toReversed();
  return (
    <p className={page.hint}>
      {t('run.markers')}: {named.map(({ at, kind }) => `${time(at)} ${t(`run.marker.${kind}`)}`).join('; ')}
    </p>
  );
};
