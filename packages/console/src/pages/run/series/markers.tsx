import type { PipelineEvent, Series } from '@penstock/client/session';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { eventsQuery } from '../../../api/run.ts';
import { CodeHelp } from '../../../codes/code-help.tsx';
import page from '../../../kit/page.module.css';
import type { Marker } from '../../../plot/markers.ts';
import { useText } from '../../../reader/use-text.ts';
import { eventsAround } from '../figures/events-around.ts';

type Told = Series['markers'];

/** So many are named below the charts, the newest ones. */
const NAMED = 8;

/** What happened meanwhile, to be drawn. A run that has begun needs no second line for being under way. */
export const useMarkers = (told: Told, chosen: number | undefined): readonly Marker[] => {
  const { t } = useText();
  return useMemo(
    () =>
      told
        .filter(({ kind }) => kind !== 'running')
        .map(({ at, kind }) => ({ at: at / 1000, label: t(`run.marker.${kind}`), isChosen: at === chosen })),
    [told, chosen, t],
  );
};

interface MarkersProps {
  readonly pipelineId: string;
  readonly markers: Told;
  /** When the one was that is looked at, Unix ms. */
  readonly chosen: number | undefined;
  readonly onChoose: (at: number | undefined) => void;
}

/** The same in words: a picture is not for everybody. One that is chosen tells what happened then. */
export const Markers = ({ pipelineId, markers, chosen, onChoose }: MarkersProps) => {
  const { t, time } = useText();
  if (markers.length === 0) return null;
  const named = markers.slice(-NAMED).toReversed();
  return (
    <>
      <ul className={page.list} aria-label={t('run.markers')}>
        {named.map(({ at, kind }) => (
          <li key={`${at} ${kind}`}>
            <button
              type="button"
              className={page.link}
              aria-pressed={at === chosen}
              onClick={() => onChoose(at === chosen ? undefined : at)}
            >
              {time(at)} {t(`run.marker.${kind}`)}
            </button>
          </li>
        ))}
      </ul>
      {chosen !== undefined && <Happened pipelineId={pipelineId} at={chosen} />}
    </>
  );
};

/** The events about a marker. */
const Happened = ({ pipelineId, at }: { readonly pipelineId: string; readonly at: number }) => {
  const { t, time } = useText();
  const list = useInfiniteQuery(eventsQuery(pipelineId));
  const events: readonly PipelineEvent[] = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const found = eventsAround(events, at);
  return (
    <div className={page.group} role="status">
      {found.length === 0 && <p className={page.hint}>{t('run.marker.noEvents', { time: time(at) })}</p>}
      {found.map((event) => (
        <div key={`${event.at} ${event.code} ${event.message}`}>
          {time(event.at)} {event.message} <code>{event.code}</code>
          <CodeHelp code={event.code} beside="all-in-english" />
        </div>
      ))}
    </div>
  );
};
