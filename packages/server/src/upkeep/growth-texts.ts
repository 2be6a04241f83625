import type { TextLanguage } from '../texts/codes-in-language.ts';
import { BOUNDED_TABLES, KEPT_TABLES } from './bounds.ts';

/** What a table holds and what bounds it, for people. */
export interface GrowthText {
  readonly what: string;
  /** Absent where the settings say how much is kept. */
  readonly by?: string;
}

/** Topics that grow, by the name the API has for them. */
export const DEAD_LETTERS = 'PENSTOCK_DEAD_LETTERS_{orgId}';
export const STATE = 'penstock-state-{pipelineId}';

const ENGLISH: Readonly<Record<string, GrowthText>> = {
  ...Object.fromEntries(KEPT_TABLES.map(({ table, what }) => [table, { what }])),
  ...Object.fromEntries(BOUNDED_TABLES.map(({ table, what, by }) => [table, { what, by }])),
  [DEAD_LETTERS]: { what: 'dead letters of an organisation, per partition' },
  [STATE]: {
    what: 'state of a pipeline',
    by: 'compacted: one record per key; gone when the pipeline is stopped',
  },
};

const CHINESE: Readonly<Record<string, GrowthText>> = {
  run_events: { what: '管道的事件' },
  pipeline_versions: { what: '管道的已发布版本' },
  runs: { what: '管道的已结束运行' },
  stage_samples: { what: '管道各阶段的计数，先按分钟，后按小时' },
  audit_entries: { what: '审计记录' },
  alarm_deliveries: { what: '组织的告警投递' },
  alarm_incidents: { what: '组织的告警触发记录' },
  resource_usage: { what: '组织的资源用量，按小时' },
  store_facts: { what: '数据库信息', by: '少量，按名称' },
  organizations: { what: '组织', by: '由管理员创建' },
  access_keys: { what: '访问密钥', by: '由管理员创建' },
  access_tokens: { what: '访问令牌', by: '每个访问密钥一个' },
  used_encryptions: { what: '已使用的令牌请求', by: 'PENSTOCK_MAX_TOKEN_REQUESTS；过期即删除' },
  users: { what: '用户', by: '每个安装 10,000 个' },
  user_identities: { what: '用户在登录提供方的身份', by: '随用户创建' },
  memberships: { what: '组织成员', by: '每个用户在每个组织一个' },
  sessions: { what: '会话', by: '每个用户 20 个；PENSTOCK_SESSION_HOURS、PENSTOCK_SESSION_IDLE_MINUTES' },
  spent_sign_ins: { what: '已完成的第三方登录', by: '过期即删除' },
  sign_in_links: { what: '登录链接', by: '每个用户 10 个；过期即删除' },
  alarm_receivers: { what: '告警接收者', by: '每个组织 100 个' },
  alarms: { what: '告警', by: '每个管道三个' },
  asset_stores: { what: '资产库', by: '每个组织一个' },
  asset_models: { what: '资产模型', by: '每个组织 5,000 个，共 200,000 个测点' },
  assets: { what: '资产', by: '每个组织 PENSTOCK_MAX_ASSETS 个，每个 64 kB' },
  asset_trees: { what: '资产树', by: '每个组织 100 棵' },
  asset_tree_nodes: { what: '资产在树中的位置', by: '每个组织 1,000,000 个' },
  asset_removals: { what: '模型、资产和树的删除记录', by: '每个组织最近 100,000 条' },
  grants: { what: '配额', by: '每个组织的每种资源一个' },
  connections: { what: '连接', by: '每个组织 200 个' },
  instances: { what: '服务实例', by: '200 个；最后一次报到一天后删除' },
  installed_libraries: { what: '已安装的算子库', by: '不多于现有的算子库' },
  own_libraries: {
    what: '组织自有的算子库',
    by: '每个组织 PENSTOCK_MAX_OWN_LIBRARIES 个，每个 PENSTOCK_MAX_LIBRARY_BYTES',
  },
  queue_topics: { what: '组织的 topic', by: '每个组织 500 个，且不超过其配额' },
  resource_warnings: { what: '即将用尽的资源', by: '每个组织的每种资源一个' },
  topic_grants: { what: 'topic 授权', by: '每个组织 500 个' },
  pipelines: { what: '管道', by: '每个组织 PENSTOCK_MAX_PIPELINES 个，每个 PENSTOCK_MAX_DOCUMENT_BYTES' },
  lineages: { what: '血缘状态', by: '每个组织的每个消息通道一个' },
  pipeline_lineages: { what: '已发布管道的测点', by: '每个管道一条，测点数同其文档' },
  changes: { what: '可以追溯的变更', by: 'PENSTOCK_KEEP_CHANGES' },
  run_leases: { what: '租约', by: '每个未结束的运行一个' },
  run_reports: { what: 'worker 的最近上报', by: '每个管道一条' },
  samples: { what: '管道的采样', by: '随时间变稀；PENSTOCK_KEEP_SAMPLES_DAYS' },
  start_locks: { what: '启动锁', by: '每个组织一个' },
  snapshots: { what: '快照', by: '每个管道一个，一分钟内删除' },
  [DEAD_LETTERS]: { what: '组织的死信，按分区' },
  [STATE]: { what: '管道的状态', by: '压缩：每个键一条记录；管道停止后删除' },
};

export const GROWTH_TEXTS: Readonly<Record<TextLanguage, Readonly<Record<string, GrowthText>>>> = {
  en: ENGLISH,
  zh: CHINESE,
};

/** An allowance in words. */
export const ALLOWANCE: Readonly<
  Record<
    TextLanguage,
    {
      readonly number: (n: number) => string;
      readonly bytes: (n: number) => string;
      readonly days: (n: number) => string;
      readonly between: string;
    }
  >
> = {
  en: { number: (n) => `${n} in number`, bytes: (n) => `${n} bytes`, days: (n) => `${n} days`, between: ', ' },
  zh: { number: (n) => `${n} 条`, bytes: (n) => `${n} 字节`, days: (n) => `${n} 天`, between: '，' },
};
