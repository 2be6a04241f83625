import type { AlarmState, NoticeKind } from './alarm-state.ts';

/** An alarm after a look at it, as far as it matters to those who are told. */
export interface LookedAt {
  readonly next: AlarmState;
  /** What the look itself has to tell. */
  readonly notice: NoticeKind | undefined;
  readonly incidentId: string;
  /** The incident that receivers hold for open. */
  readonly toldIncidentId: string | null;
  /** Nobody is to be told of it now. */
  readonly isShelved: boolean;
  /** It was shelved until this look. */
  readonly returns: boolean;
}

export interface Told {
  readonly notices: readonly { readonly kind: NoticeKind; readonly incidentId: string }[];
  /** The incident that receivers hold for open from now on. */
  readonly toldIncidentId: string | null;
}

/**
 * What receivers are told. Nothing while an alarm is shelved; when it returns, the difference between what they were
 * told last and how things are: an end they were not told of, and what is open that they do not know. Pure.
 */
export const toTell = (it: LookedAt): Told => {
  const { next, notice, incidentId, toldIncidentId, isShelved, returns } = it;
  if (isShelved) return { notices: [], toldIncidentId };
  const isOpen = next.wasRaised || next.wasNoData;
  const told = isOpen ? incidentId : null;
  if (!returns) return { notices: notice === undefined ? [] : [{ kind: notice, incidentId }], toldIncidentId: told };
  const isOver = toldIncidentId !== null && (!isOpen || toldIncidentId !== incidentId);
  const isNews = isOpen && toldIncidentId !== incidentId;
  const opened = isNews ? openedBy(next) : isOpen ? notice : undefined;
  return {
    notices: [
      ...(isOver ? [{ kind: notice === 'ended' ? notice : ('recovered' as const), incidentId: toldIncidentId }] : []),
      ...(opened === undefined ? [] : [{ kind: opened, incidentId }]),
    ],
    toldIncidentId: told,
  };
};

const openedBy = ({ wasRaised }: AlarmState): NoticeKind => (wasRaised ? 'raised' : 'no-data');
