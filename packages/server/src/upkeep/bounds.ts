/** What is kept for a while, and then thrown away by the service. Each is a group of settings. */
export type KeptKind = 'events' | 'versions' | 'runs' | 'audit' | 'deliveries' | 'incidents' | 'stageSamples' | 'usage';

interface Growing {
  readonly table: string;
  /** What people call it. */
  readonly what: string;
}

/** A table that grows with use: rows beyond the allowance are removed, counted per `per`, or over all where null. */
export interface KeptTable extends Growing {
  readonly kept: KeptKind;
  readonly per: string | null;
  /** Column of its order, and of its time (Unix ms). */
  readonly order: string;
  readonly time: string;
  /** SQL: bytes of the row `t`, near enough. */
  readonly bytes: string;
  /** SQL: rows `t` that stay whatever their age, since something refers to them. */
  readonly stays?: string;
}

/** A table that has at most so many rows as something else allows. */
export interface BoundedTable extends Growing {
  readonly by: string;
}

export const KEPT_TABLES: readonly KeptTable[] = [
  {
    table: 'run_events',
    what: 'events of a pipeline',
    kept: 'events',
    per: 'pipeline_id',
    order: 'id',
    time: 'at',
    bytes: 'octet_length(t.message) + 150',
  },
  {
    table: 'pipeline_versions',
    what: 'released versions of a pipeline',
    kept: 'versions',
    per: 'pipeline_id',
    order: 'number',
    time: 'released_at',
    bytes: 'octet_length(t.document) + 500',
    stays:
      'exists (select 1 from pipelines p where p.pipeline_id = t.pipeline_id and p.released_number = t.number) or ' +
      'exists (select 1 from runs r where r.pipeline_id = t.pipeline_id and r.version_number = t.number and r.ended_at is null) or ' +
      // A start compares the plan with that of the last run, to know whose state there is.
      'exists (select 1 from (select distinct on (pipeline_id) pipeline_id, version_number from runs where running_at is ' +
      'not null order by pipeline_id, created_at desc) l where l.pipeline_id = t.pipeline_id and l.version_number = t.number)',
  },
  {
    table: 'runs',
    what: 'ended runs of a pipeline',
    kept: 'runs',
    per: 'pipeline_id',
    order: 'created_at',
    time: 'created_at',
    bytes: "octet_length(coalesce(t.launcher_state, '')) + 700",
    stays:
      't.ended_at is null or exists (select 1 from pipelines p where p.current_run_id = t.run_id) or t.run_id in ' +
      '(select distinct on (pipeline_id) run_id from runs where running_at is not null order by pipeline_id, created_at desc) ' +
      "or t.run_id in (select distinct on (pipeline_id) run_id from runs where desired = 'stop' order by pipeline_id, created_at desc)",
  },
  {
    table: 'stage_samples',
    what: 'counters of the stages of a pipeline, by minutes and then by hours',
    kept: 'stageSamples',
    per: 'pipeline_id',
    order: 'id',
    time: 'at',
    bytes: 'octet_length(t.counters) + 150',
  },
  {
    table: 'audit_entries',
    what: 'audit entries',
    kept: 'audit',
    per: null,
    order: 'id',
    time: 'at',
    bytes: "octet_length(coalesce(t.detail, '')) + 200",
  },
  {
    table: 'alarm_deliveries',
    what: 'deliveries of alarms of an organisation',
    kept: 'deliveries',
    per: 'org_id',
    order: 'id',
    time: 'created_at',
    bytes: 'octet_length(t.notice::text) + 300',
    // At most 1000 wait for a receiver, each for PENSTOCK_ALARM_DELIVERY_HOURS.
    stays: "t.state = 'pending'",
  },
  {
    table: 'alarm_incidents',
    what: 'times that alarms of an organisation were raised',
    kept: 'incidents',
    per: 'org_id',
    order: 'id',
    time: 'raised_at',
    bytes: "octet_length(t.facts::text) + octet_length(coalesce(t.acknowledged_note, '')) + 300",
    // At most one for each alarm.
    stays: 't.ended_at is null',
  },
  {
    table: 'resource_usage',
    what: 'use of resources by an organisation, by the hour',
    kept: 'usage',
    per: 'org_id',
    order: 'at',
    time: 'at',
    bytes: '120',
  },
];

export const BOUNDED_TABLES: readonly BoundedTable[] = [
  { table: 'store_facts', what: 'facts about the database', by: 'a handful, by name' },
  { table: 'instances', what: 'service instances', by: '200; gone a day after their last sign of life' },
  { table: 'organizations', what: 'organisations', by: 'made by the administrator' },
  { table: 'access_keys', what: 'access keys', by: 'made by the administrator' },
  { table: 'access_tokens', what: 'access tokens', by: 'one per access key' },
  {
    table: 'used_encryptions',
    what: 'used token requests',
    by: 'PENSTOCK_MAX_TOKEN_REQUESTS; gone when too old to pass',
  },
  { table: 'users', what: 'users', by: '10,000 per installation' },
  { table: 'user_identities', what: 'who users are at a provider', by: 'made with users' },
  { table: 'memberships', what: 'members of organisations', by: 'one per user and organisation' },
  { table: 'sessions', what: 'sessions', by: '20 per user; PENSTOCK_SESSION_HOURS, PENSTOCK_SESSION_IDLE_MINUTES' },
  { table: 'spent_sign_ins', what: 'sign-ins at the provider that are over', by: 'gone when they would be too old' },
  { table: 'sign_in_links', what: 'sign-in links', by: '10 per user; gone when too old' },
  { table: 'alarm_receivers', what: 'receivers of alarms', by: '100 per organisation' },
  { table: 'alarms', what: 'alarms', by: 'three per pipeline' },
  { table: 'asset_stores', what: 'asset stores', by: 'one per organisation' },
  { table: 'asset_models', what: 'models of assets', by: '5,000 per organisation, 200,000 points in them' },
  { table: 'assets', what: 'assets', by: 'PENSTOCK_MAX_ASSETS per organisation, 64 kB each' },
  { table: 'asset_trees', what: 'trees of assets', by: '100 per organisation' },
  { table: 'asset_tree_nodes', what: 'places of assets in trees', by: '1,000,000 per organisation' },
  { table: 'asset_removals', what: 'removals of models, assets and trees', by: 'the last 100,000 per organisation' },
  { table: 'grants', what: 'grants', by: 'one per resource and organisation' },
  { table: 'connections', what: 'connections', by: '200 per organisation' },
  { table: 'installed_libraries', what: 'installed operator libraries', by: 'those there are' },
  {
    table: 'own_libraries',
    what: 'operator libraries of organisations’ own',
    by: 'PENSTOCK_MAX_OWN_LIBRARIES per organisation, PENSTOCK_MAX_LIBRARY_BYTES each',
  },
  { table: 'queue_topics', what: 'topics of organisations', by: '500 per organisation, and its grant' },
  { table: 'resource_warnings', what: 'resources that run out', by: 'one per resource and organisation' },
  { table: 'topic_grants', what: 'grants of topics', by: '500 per organisation' },
  {
    table: 'pipelines',
    what: 'pipelines',
    by: 'PENSTOCK_MAX_PIPELINES per organisation, PENSTOCK_MAX_DOCUMENT_BYTES each',
  },
  { table: 'lineages', what: 'states of the lineage', by: 'one per message channel and organisation' },
  {
    table: 'pipeline_lineages',
    what: 'points of released pipelines',
    by: 'one per pipeline, as many as its document names',
  },
  { table: 'changes', what: 'changes that can be gone back to', by: 'PENSTOCK_KEEP_CHANGES' },
  { table: 'run_leases', what: 'leases', by: 'one per open run' },
  { table: 'run_reports', what: 'last words of workers', by: 'one per pipeline' },
  { table: 'samples', what: 'samples of a pipeline', by: 'thinned out with age; PENSTOCK_KEEP_SAMPLES_DAYS' },
  { table: 'start_locks', what: 'start locks', by: 'one per organisation' },
  { table: 'snapshots', what: 'snapshots', by: 'one per pipeline, gone within a minute' },
];
