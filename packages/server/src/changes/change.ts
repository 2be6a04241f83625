import type { Permission } from '../auth/permissions.ts';

/** What changes are of, with the permission it takes to be told. `installation.manage`: no organisation's business. */
export const CHANGE_KINDS = {
  pipeline: 'pipelines.read',
  version: 'pipelines.read',
  run: 'pipelines.read',
  event: 'pipelines.read',
  alarm: 'pipelines.read',
  'alarm-delivery': 'pipelines.read',
  'alarm-receiver': 'organization.read',
  assets: 'assets.read',
  organization: 'organization.read',
  grant: 'organization.read',
  'topic-grant': 'organization.read',
  connection: 'organization.read',
  library: 'organization.read',
  'queue-topic': 'organization.read',
  'resource-warning': 'organization.read',
  member: 'organization.read',
  'access-key': 'organization.manage',
  user: 'installation.manage',
} as const satisfies Record<string, Permission>;
export type ChangeKind = keyof typeof CHANGE_KINDS;

const isKind = (text: string): text is ChangeKind => Object.hasOwn(CHANGE_KINDS, text);

export const CHANGE_WORDS = ['created', 'changed', 'deleted'] as const;
export type ChangeWord = (typeof CHANGE_WORDS)[number];

/** A place in the order of changes: all up to it were seen, all behind it were not. */
export interface Position {
  readonly xact: bigint;
  readonly id: bigint;
}

/** Something that has changed. */
export interface Change {
  readonly position: Position;
  /** Unix ms by the database's clock. */
  readonly at: number;
  /** Null: the business of whoever administers the installation. */
  readonly orgId: string | null;
  readonly kind: ChangeKind;
  readonly pipelineId: string | null;
  /** Its id: of the pipeline, the run, the event; number of the version, name of the grant. */
  readonly subject: string;
  readonly what: ChangeWord;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Negative where `a` comes first. */
export const comparePositions = (a: Position, b: Position): number =>
  a.xact === b.xact ? (a.id < b.id ? -1 : a.id > b.id ? 1 : 0) : a.xact < b.xact ? -1 : 1;

/** A position of one history of a database; a copy, or a standby that took over, goes on with another. */
export interface Bookmark {
  readonly history: string;
  readonly position: Position;
}

const BOOKMARK = /^([0-9a-f]{12}-\d{1,10})-(\d{1,20})-(\d{1,19})$/;
const MAX_XACT = 2n ** 64n;

export const formatBookmark = ({ history, position }: Bookmark): string => `${history}-${position.xact}-${position.id}`;

/** Undefined for what is no bookmark. */
export const parseBookmark = (text: string): Bookmark | undefined => {
  const [, history, xact, id] = BOOKMARK.exec(text) ?? [];
  if (history === undefined || xact === undefined || id === undefined || BigInt(xact) >= MAX_XACT) return undefined;
  return { history, position: { xact: BigInt(xact), id: BigInt(id) } };
};

/** A row of the table, checked: it is written by the database alone, anything else is damage. */
export const toChange = (row: Readonly<Record<string, unknown>>): Change => {
  const [kind, what] = [String(row.kind), CHANGE_WORDS.find((word) => word === row.what)];
  if (!isKind(kind) || what === undefined) throw new Error(`A change of "${kind}" (${String(row.what)}) is unknown`);
  const { facts } = row;
  return {
    position: { xact: BigInt(String(row.xact_id)), id: BigInt(String(row.id)) },
    at: Number(row.at),
    orgId: row.org_id === null ? null : String(row.org_id),
    kind,
    pipelineId: row.pipeline_id === null ? null : String(row.pipeline_id),
    subject: String(row.subject),
    what,
    facts: typeof facts === 'object' && facts !== null ? { ...facts } : {},
  };
};
