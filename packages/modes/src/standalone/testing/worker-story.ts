import type { Heartbeat } from '@penstock/model';
import { released } from '../../supervision/supervision.ts';
import { NOTHING_KNOWN, plainHeartbeat, Story } from '../../supervision/testing/story.ts';
import { decideStandalone } from '../decide-standalone.ts';
import type { StandaloneEvidence, StandaloneSupervision } from '../standalone-records.ts';

/** A run of Standalone Mode and its supervisor. */
export class WorkerStory extends Story<StandaloneSupervision, StandaloneEvidence> {
  readonly began = this.now;
  protected supervision: StandaloneSupervision = NOTHING_KNOWN;
  protected decide = decideStandalone;
  protected launched = (): StandaloneSupervision => ({
    ...this.supervision,
    launches: this.supervision.launches + 1,
    launch: { launchId: 'l', kind: 'standalone', host: 'here', at: this.now, pid: 42, processStartedAt: 's' },
  });
  protected released = (): StandaloneSupervision => released(this.supervision);
  protected heartbeat = (over: Partial<Heartbeat>): Heartbeat => plainHeartbeat(this.now, over);

  alive = (): this => this.sees({ kind: 'alive', pid: 42, processStartedAt: 's' });
  endedBy = (signal: string): this => this.sees({ kind: 'dead', exit: { code: null, signal } });
  exitedWith = (code: number): this => this.sees({ kind: 'dead', exit: { code, signal: null } });
  hostOutOfSight = (): this => this.sees({ kind: 'out-of-sight', host: 'there' });
}
