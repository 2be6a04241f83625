import type { OperatorRegistry } from '@penstock/engine';
import { isOwnLibrary } from '@penstock/operators';
import { eq } from 'drizzle-orm';
import { installedLibraries } from '../store/schema-resources.ts';
import { type DocumentUser, findDocumentUsers, namesOf, pipelinesOf } from '../use-case/document-users.ts';
import { requireOrganization } from '../use-case/find-organization.ts';
import { lockOrganization } from '../use-case/find-pipeline.ts';
import { readInstalledLibraries } from '../use-case/read-libraries.ts';
import { recordAudit } from '../use-case/record-event.ts';
import { type UseCaseDeps, UseCaseError } from '../use-case/use-case.ts';
import { type Library, librariesOf } from './library-catalogue.ts';
import { stagesNeeding } from './library-issues.ts';
import { readOwnOperators, removeInstalled } from './own-library-store.ts';
import { requireDesigning } from './require-designing.ts';

export interface LibraryDeps extends UseCaseDeps {
  readonly registry: OperatorRegistry;
}

/** A library as an organisation sees it. Null: it has not installed it. */
export interface LibraryView extends Library {
  /** It is the organisation's own, installed by its package. */
  readonly isOwn: boolean;
  readonly installedAt: number | null;
  readonly installedBy: string | null;
}

interface Request {
  readonly orgId: string;
  readonly library: string;
  readonly actor: string;
}

/** Every library there is, the oldest first, and then the organisation's own. Errors: `ORGANIZATION_UNKNOWN`. */
export const listLibraries = async (deps: LibraryDeps, orgId: string): Promise<readonly LibraryView[]> => {
  await requireOrganization(deps.store.db, orgId);
  const rows = await deps.store.db.select().from(installedLibraries).where(eq(installedLibraries.orgId, orgId));
  const own = await readOwnOperators(deps.store.db, orgId);
  const all: readonly Library[] = [
    ...librariesOf(deps.registry),
    ...[...own].map(([library, operators]) => ({ library, isRecommended: false, operators })),
  ];
  return all.map((library) => {
    const row = rows.find((one) => one.library === library.library);
    return {
      ...library,
      isOwn: own.has(library.library),
      installedAt: row?.installedAt ?? null,
      installedBy: row?.installedBy ?? null,
    };
  });
};

/**
 * Lets the pipelines of an organisation use the operators of a library; one that is installed already stays as it is.
 * Errors: `ORGANIZATION_UNKNOWN`, `LIBRARY_UNKNOWN`, `RESOURCE_NOT_REQUESTED`, `RESOURCE_NOT_ENOUGH`.
 */
export const installLibrary = async (deps: LibraryDeps, { orgId, library, actor }: Request): Promise<void> => {
  requireLibrary(deps, library);
  if (isOwnLibrary(library) && !(await readInstalledLibraries(deps.store.db, orgId)).includes(library))
    throw new UseCaseError('LIBRARY_UNKNOWN', 'not-found', `The package of "${library}" is needed to install it.`);
  await requireOrganization(deps.store.db, orgId);
  await deps.store.db.transaction(async (tx) => {
    await lockOrganization(tx, orgId);
    const installed = await readInstalledLibraries(tx, orgId);
    if (installed.includes(library)) return;
    await requireDesigning(tx, orgId);
    const at = deps.clock.now();
    await tx.insert(installedLibraries).values({ orgId, library, installedAt: at, installedBy: actor });
    await recordAudit(tx, { at, orgId, actor, action: 'library.install', target: library });
  });
};

/** Stages that could not be used without a library. Errors: `ORGANIZATION_UNKNOWN`, `LIBRARY_UNKNOWN`. */
export const usersOfLibrary = async (
  deps: LibraryDeps,
  { orgId, library }: Omit<Request, 'actor'>,
  db = deps.store.db,
): Promise<readonly DocumentUser[]> => {
  requireLibrary(deps, library);
  await requireOrganization(db, orgId);
  const installed = await readInstalledLibraries(db, orgId);
  if (!installed.includes(library)) return [];
  const users = await findDocumentUsers(db, {
    orgId,
    text: null,
    stagesOf: (document) => stagesNeeding(deps.registry, document, installed, library),
  });
  return users.map(({ orgId: _orgId, ...user }) => user);
};

/**
 * Takes a library back from an organisation, which gives back what it took of Stream Designing. Errors:
 * `ORGANIZATION_UNKNOWN`, `LIBRARY_UNKNOWN` (also where it is not installed), `LIBRARY_IN_USE`.
 */
export const uninstallLibrary = async (deps: LibraryDeps, { orgId, library, actor }: Request): Promise<void> => {
  requireLibrary(deps, library);
  await requireOrganization(deps.store.db, orgId);
  await deps.store.db.transaction(async (tx) => {
    await lockOrganization(tx, orgId);
    const users = await usersOfLibrary(deps, { orgId, library }, tx);
    if (users.length > 0)
      throw new UseCaseError(
        'LIBRARY_IN_USE',
        'conflict',
        `Pipelines need operators of this library: ${namesOf(users)}. ${isOwnLibrary(library) ? '' : 'Install another library that has them, or '}${isOwnLibrary(library) ? 'Take' : 'take'} their stages out first.`,
        { params: { library, pipelines: pipelinesOf(users) } },
      );
    await removeInstalled(tx, orgId, library);
    await recordAudit(tx, { at: deps.clock.now(), orgId, actor, action: 'library.uninstall', target: library });
  });
};

/** An own library is there where it is installed: that is looked at where it is asked for. */
const requireLibrary = ({ registry }: LibraryDeps, library: string): void => {
  if (isOwnLibrary(library)) return;
  const known = librariesOf(registry).map((one) => one.library);
  if (!known.includes(library))
    throw new UseCaseError(
      'LIBRARY_UNKNOWN',
      'not-found',
      `There is no library "${library}". There are ${known.join(', ')}.`,
    );
};
