import type { Heartbeat } from '@penstock/model';
import type { WorkerProcess } from '@penstock/testkit/worker';
import type { FixturePipeline, SupervisorFixture } from './supervisor-fixture.ts';

/** A run of the fixture whose worker is a real one: what that says is what the supervisor hears. */
export class RealRun {
  readonly pipeline: FixturePipeline;
  readonly worker: WorkerProcess;
  readonly #fixture: SupervisorFixture;
  #heard = -1;

  constructor(fixture: SupervisorFixture, pipeline: FixturePipeline, worker: WorkerProcess) {
    this.#fixture = fixture;
    this.pipeline = pipeline;
    this.worker = worker;
  }

  /** Passes the next heartbeat of the worker on. */
  async hears(until: (heartbeat: Heartbeat) => boolean = () => true): Promise<Heartbeat> {
    const heartbeat = await this.worker.control.heard((one) => one.sequence > this.#heard && until(one));
    this.#heard = heartbeat.sequence;
    const { phase, tasks, waiting, failure, startProgress = 0 } = heartbeat;
    const said = { phase, tasks, startProgress, ...(waiting && { waiting }), ...(failure && { failure }) };
    await this.#fixture.say(await this.pipeline.runId(), said);
    return heartbeat;
  }
}
