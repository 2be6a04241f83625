import { randomUUID } from 'node:crypto';
import type { RunSpec } from '@penstock/model';
import type { Launcher, TerminateHow } from '@penstock/modes';
import type { ApplicationView, YarnEvidence, YarnLaunch } from '@penstock/modes/testing';

interface FakeApplication {
  readonly spec: RunSpec;
  readonly tag: string;
  view: ApplicationView;
}

/** A cluster that exists only here: shared by the instances of a test, as a ResourceManager is. */
export class FakeCluster implements Launcher<YarnLaunch, YarnEvidence> {
  readonly applications: FakeApplication[] = [];
  readonly asked: { tag: string; how: TerminateHow }[] = [];
  isReachable = true;
  /** Thrown by submissions, which then have come to nothing. */
  broken: Error | undefined;
  readonly forgotten: string[] = [];

  prepare(_runId: string, now: number): YarnLaunch {
    const launchId = randomUUID();
    return { launchId, kind: 'cluster', host: 'here', at: now, tag: `tag-${launchId}` };
  }

  async launch(record: YarnLaunch, spec: RunSpec): Promise<YarnLaunch> {
    if (this.broken !== undefined) throw this.broken;
    const number = this.applications.length + 1;
    this.applications.push({
      spec,
      tag: record.tag ?? '',
      view: {
        applicationId: `application_1800000000000_000${number}`,
        state: 'ACCEPTED',
        finalStatus: 'UNDEFINED',
        diagnostics: '',
        queue: 'default',
        attempts: 0,
        trackingUrl: '',
        startedAt: 1,
        finishedAt: 0,
        memoryMb: 0,
        vcores: 0,
        containers: 0,
        waiting: 'no room',
      },
    });
    return record;
  }

  /** The newest application of a run. */
  of(runId: string): FakeApplication {
    const found = this.applications.findLast(({ spec }) => spec.runId === runId);
    if (found === undefined) throw new Error(`run ${runId} has no application`);
    return found;
  }

  /** What YARN says of it from now on. */
  turn(runId: string, view: Partial<ApplicationView>): void {
    const application = this.of(runId);
    const { waiting: _waiting, ...before } = application.view;
    application.view = { ...before, ...view };
  }

  async evidence(record: YarnLaunch): Promise<YarnEvidence> {
    if (!this.isReachable) return { kind: 'unreachable', message: 'nobody answers' };
    const application = this.applications.find(({ tag }) => tag === record.tag);
    return application === undefined
      ? { kind: 'never-started' }
      : { kind: 'application', application: application.view };
  }

  async terminate(record: YarnLaunch, how: TerminateHow): Promise<void> {
    this.asked.push({ tag: record.tag ?? '', how });
    const application = this.applications.find(({ tag }) => tag === record.tag);
    if (how === 'kill' && application !== undefined)
      application.view = { ...application.view, state: 'KILLED', finalStatus: 'KILLED', diagnostics: 'killed' };
  }

  async tend(): Promise<void> {}

  async forget(runId: string): Promise<void> {
    this.forgotten.push(runId);
  }
}
