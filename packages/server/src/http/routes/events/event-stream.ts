import { type Caller, isInstallationAdministrator, roleIn } from '../../../auth/caller.ts';
import { roleMay } from '../../../auth/permissions.ts';
import { CHANGE_KINDS, type Change, formatBookmark } from '../../../changes/change.ts';
import type { ChangeReader, ResetReason } from '../../../changes/change-reader.ts';

/** What of all that changes a stream is about; absent: whatever its reader may see. */
export interface StreamScope {
  readonly orgId?: string;
  readonly pipelineId?: string;
}

export interface StreamOptions {
  readonly reader: ChangeReader;
  readonly scope: StreamScope;
  /** Set where the reader could not go on from where it was. */
  readonly reset?: ResetReason;
  readonly caller: Caller;
  /** Who it is by now; undefined where the credentials are good no more. */
  readonly callerByNow: () => Promise<Caller | undefined>;
  /** Time between signs of life (ms); with each the credentials are looked at again. */
  readonly beatMs: number;
  /** Ends the connection of a reader that has taken nothing for several beats. */
  readonly giveUp: () => void;
}

/** How long a browser waits before it connects again, ms. */
const RETRY_MS = 2000;
/** Beats without the reader taking one: its connection is as good as gone. */
const MAX_UNTAKEN = 4;

/** Whether a caller may be told of a change, and asked for it. */
export const isFor = (caller: Caller, scope: StreamScope, { orgId, kind, pipelineId }: Change): boolean => {
  if (scope.orgId !== undefined && orgId !== scope.orgId) return false;
  if (scope.pipelineId !== undefined && pipelineId !== scope.pipelineId) return false;
  if (orgId === null) return isInstallationAdministrator(caller);
  const role = roleIn(caller, orgId);
  return role !== undefined && roleMay(role, CHANGE_KINDS[kind]);
};

/**
 * The frames of one stream of server-sent events: `ready` (or `reset`), then changes as they come, with a sign of life
 * in between that carries the place reached, so that nobody who was told of nothing for long has to begin anew.
 * Whoever consumes it sets the pace. Ends where the reader is closed or the credentials are good no more.
 */
export async function* streamFrames(options: StreamOptions): AsyncGenerator<string, void> {
  const { reader, scope } = options;
  let { caller } = options;
  let beatsDue = 0;
  const timer = setInterval(() => {
    beatsDue += 1;
    if (beatsDue > MAX_UNTAKEN) options.giveUp();
    else reader.wake(true);
  }, options.beatMs);
  try {
    yield `retry: ${RETRY_MS}\n\n`;
    yield options.reset === undefined ? frame(reader, 'ready', {}) : frame(reader, 'reset', { reason: options.reset });
    for (;;) {
      const step = await reader.next();
      if (step.kind === 'closed') return;
      if (beatsDue > 0) {
        const now = await options.callerByNow();
        if (now === undefined) return;
        caller = now;
        // Told before what the new step brings: its place is behind those.
        if (step.kind === 'none') yield `: alive\nid: ${formatBookmark(reader.bookmark)}\n\n`;
        beatsDue = 0;
      }
      if (step.kind === 'reset') yield frame(reader, 'reset', { reason: step.reason });
      if (step.kind !== 'moved') continue;
      const { history } = step.to;
      const told = step.changes.filter((change) => isFor(caller, scope, change));
      if (told.length > 0)
        yield told
          .map((change) => changeFrame(formatBookmark({ history, position: change.position }), change))
          .join('');
    }
  } finally {
    clearInterval(timer);
    reader.close();
  }
}

const frame = (reader: ChangeReader, event: string, data: object): string =>
  `id: ${formatBookmark(reader.bookmark)}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

const changeFrame = (id: string, { position: _, ...change }: Change): string =>
  `id: ${id}\nevent: change\ndata: ${JSON.stringify(change)}\n\n`;
