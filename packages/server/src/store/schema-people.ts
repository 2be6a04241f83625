import { bigint, boolean, index, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { organizations } from './schema.ts';

/** People and how they sign in. Conventions as in `schema.ts`. */
const at = (name: string) => bigint(name, { mode: 'number' });

export const users = pgTable(
  'users',
  {
    userId: text('user_id').primaryKey(),
    /** In lower case; what people sign in with. */
    email: text('email').notNull(),
    name: text('name').notNull(),
    /** Describes itself (`scrypt$…`); null: signs in by a link or at the provider only. */
    passwordHash: text('password_hash'),
    /** Administers the whole installation, as the admin token does. */
    isAdministrator: boolean('is_administrator').notNull().default(false),
    /** Said by the provider, and taken away when it says so no more. */
    isAdministratorByProvider: boolean('is_administrator_by_provider').notNull().default(false),
    /** Cannot sign in since then. */
    disabledAt: at('disabled_at'),
    lastSignInAt: at('last_sign_in_at'),
    createdAt: at('created_at').notNull(),
  },
  (table) => [uniqueIndex('users_by_email').on(table.email)],
);

/** Who a user is at an OpenID provider. */
export const userIdentities = pgTable(
  'user_identities',
  {
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    userId: text('user_id')
      .notNull()
      .references(() => users.userId, { onDelete: 'cascade' }),
    createdAt: at('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.issuer, table.subject] }),
    index('user_identities_by_user').on(table.userId),
  ],
);

/** What users may do in organisations. */
export const memberships = pgTable(
  'memberships',
  {
    userId: text('user_id')
      .notNull()
      .references(() => users.userId, { onDelete: 'cascade' }),
    orgId: text('org_id')
      .notNull()
      .references(() => organizations.orgId, { onDelete: 'cascade' }),
    /** As of access keys. */
    role: text('role').notNull(),
    /** `local`: given here; `oidc`: said by the provider, and taken away when it says so no more. */
    source: text('source').notNull(),
    createdAt: at('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.orgId] }), index('memberships_by_org').on(table.orgId)],
);

/** Users that are signed in, each by a cookie whose token is known here by its hash alone. */
export const sessions = pgTable(
  'sessions',
  {
    /** What it is called in lists; opens nothing. */
    sessionId: text('session_id').primaryKey(),
    tokenHash: text('token_hash').notNull(),
    userId: text('user_id')
      .notNull()
      .references(() => users.userId, { onDelete: 'cascade' }),
    /** `password`, `link` or `oidc`. */
    method: text('method').notNull(),
    address: text('address').notNull(),
    userAgent: text('user_agent').notNull(),
    createdAt: at('created_at').notNull(),
    /** To the minute. */
    lastSeenAt: at('last_seen_at').notNull(),
    expiresAt: at('expires_at').notNull(),
  },
  (table) => [
    uniqueIndex('sessions_by_token').on(table.tokenHash),
    index('sessions_by_user').on(table.userId, table.createdAt),
  ],
);

/** Links that sign somebody in once. */
export const signInLinks = pgTable('sign_in_links', {
  tokenHash: text('token_hash').primaryKey(),
  userId: text('user_id')
    .notNull()
    .references(() => users.userId, { onDelete: 'cascade' }),
  expiresAt: at('expires_at').notNull(),
  createdAt: at('created_at').notNull(),
});

/** Sign-ins at a provider that were brought to an end, each good once; by the hash of their state. */
export const spentSignIns = pgTable('spent_sign_ins', {
  stateHash: text('state_hash').primaryKey(),
  spentAt: at('spent_at').notNull(),
});
