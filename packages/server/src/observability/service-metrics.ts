import { sql } from 'drizzle-orm';
import { Counter, Gauge, type Registry } from 'prom-client';
import { rowsOf } from '../store/migrations.ts';
import type { Store } from '../store/open-store.ts';

/** What an instance knows of itself without asking anybody. */
export interface ServiceFacts {
  /** Whether the database answered when it was last looked at. */
  readonly isDatabaseAnswering: () => boolean;
  /** Event streams that are open. */
  readonly streams: () => number;
  /** Previews that are running. */
  readonly previews: () => number;
  /** Runs this instance looks after, and when it last got round; undefined where it does not supervise, or not yet. */
  readonly supervision: () => { readonly runs: number; readonly roundAgeMs: number } | undefined;
}

/** Metrics of the service instance itself. What is of the database is the same at every instance. */
export const createServiceMetrics = (registry: Registry, store: Store, now: () => number, facts: ServiceFacts) => {
  const registers = [registry];
  const gauge = <T extends string>(name: string, help: string, labelNames: readonly T[] = []) =>
    new Gauge<T>({ name, help, labelNames, registers });
  const heartbeats = new Counter({
    name: 'penstock_heartbeats_total',
    help: 'Heartbeats of workers and drivers that came here, and whether they were taken.',
    labelNames: ['outcome'] as const,
    registers,
  });
  for (const outcome of ['taken', 'refused', 'failed'] as const) heartbeats.inc({ outcome }, 0);
  const own = {
    up: gauge('penstock_database_up', '1 while the database answers, else 0.'),
    size: gauge('penstock_database_size_bytes', 'Room the database takes, indices and dead rows included.'),
    pool: gauge('penstock_database_pool_connections', 'Connections of this instance to PostgreSQL.', ['state']),
    waiting: gauge('penstock_database_pool_waiting', 'Who waits for a connection of this instance.'),
    streams: gauge('penstock_event_streams', 'Event streams that are open at this instance.'),
    previews: gauge('penstock_previews_running', 'Previews that this instance is running.'),
    pending: gauge('penstock_outbox_pending', 'Deliveries of alarms that are still to be made.'),
    oldest: gauge('penstock_outbox_oldest_pending_age_seconds', 'Age of the oldest of them; 0 where there is none.'),
    supervised: gauge('penstock_supervised_runs', 'Runs that this instance looks after.'),
    round: gauge('penstock_supervision_round_age_seconds', 'Since this instance last looked at all its runs.'),
  };

  const showOwn = (): void => {
    own.streams.set(facts.streams());
    own.previews.set(facts.previews());
    const supervision = facts.supervision();
    own.supervised.set(supervision?.runs ?? 0);
    own.round.reset();
    if (supervision !== undefined) own.round.set(supervision.roundAgeMs / 1000);
    const pool = store.poolUse?.();
    if (pool === undefined) return;
    own.pool.set({ state: 'idle' }, pool.idle);
    own.pool.set({ state: 'used' }, pool.total - pool.idle);
    own.waiting.set(pool.waiting);
  };

  return {
    /** A heartbeat came, and was answered with this HTTP status. */
    heard: (status: number): void =>
      heartbeats.inc({ outcome: status < 400 ? 'taken' : status < 500 ? 'refused' : 'failed' }),
    isDatabaseUp: facts.isDatabaseAnswering,
    /** What is known without the database, and whether that answered. */
    showWithout: (isUp: boolean): void => {
      showOwn();
      own.up.set(isUp ? 1 : 0);
      if (isUp) return;
      for (const series of [own.size, own.pending, own.oldest]) series.reset();
    },
    /** Errors: those of the database. */
    ask: async (): Promise<() => void> => {
      const bytes = await readDatabaseBytes(store);
      const { pending, oldestAt } = await readOutbox(store);
      return () => {
        own.size.set(bytes);
        own.pending.set(pending);
        own.oldest.set(oldestAt === null ? 0 : Math.max(0, now() - oldestAt) / 1000);
      };
    },
  };
};
export type ServiceMetrics = ReturnType<typeof createServiceMetrics>;

const readDatabaseBytes = async (store: Store): Promise<number> => {
  const [row] = rowsOf(await store.db.execute(sql`select pg_database_size(current_database()) as bytes`));
  return Number(row?.bytes ?? 0);
};

/** By receiver, of which there are few: what was delivered is not looked at. */
const readOutbox = async (store: Store): Promise<{ pending: number; oldestAt: number | null }> => {
  const [row] = rowsOf(
    await store.db.execute(sql`
      select coalesce(sum(own.pending), 0) as pending, min(own.oldest_at) as oldest_at
      from alarm_receivers r cross join lateral (
        select count(*) as pending, min(d.created_at) as oldest_at from alarm_deliveries d
        where d.receiver_id = r.receiver_id and d.state = 'pending') own`),
  );
  const oldestAt = row?.oldest_at ?? null;
  return { pending: Number(row?.pending ?? 0), oldestAt: oldestAt === null ? null : Number(oldestAt) };
};
