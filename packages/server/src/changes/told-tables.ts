/**
 * Tables whose changes are not told, and why. All others have a trigger that tells them (migration `changes`): a new
 * table has either a trigger or a place here.
 */
export const UNTOLD_TABLES: Readonly<Record<string, string>> = {
  alarm_incidents: 'told with the alarm, which changes in the same moments',
  changes: 'is what is told',
  store_facts: 'facts of the installation, which change with its versions',
  access_tokens: 'nobody is shown them',
  spent_sign_ins: 'nobody is shown them',
  used_encryptions: 'nobody is shown them',
  asset_models: 'are told by their store’s revision, once for all that has changed',
  assets: 'likewise',
  asset_trees: 'likewise',
  asset_tree_nodes: 'likewise',
  asset_removals: 'likewise',
  instances: 'change every few seconds; whoever looks asks by the clock',
  lineages: 'are told by the releases and deletions of pipelines',
  pipeline_lineages: 'likewise',
  audit_entries: 'speak of what others tell',
  own_libraries: 'come and go with installed libraries, which are told',
  run_leases: 'change every few seconds, and say nothing of the run',
  run_reports: 'change every few seconds; what is shown of them over time are samples',
  resource_usage: 'comes by the clock; whoever draws it asks by the clock',
  samples: 'come by the clock; whoever draws them asks by the clock',
  stage_samples: 'likewise',
  start_locks: 'tell the start of a run a second time',
  snapshots: 'whoever asked for one waits for its answer',
  sessions: 'are their user’s own, and begin with every sign-in',
  sign_in_links: 'are secrets',
  user_identities: 'come with users',
};
