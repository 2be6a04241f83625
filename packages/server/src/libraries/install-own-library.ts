import { type Issue, isJsonObject, type JsonValue } from '@penstock/model';
import { checkPackage, type LibraryPackage, ownDefinitions, ownLibraryOf, packageHash } from '@penstock/operators';
import { eq } from 'drizzle-orm';
import type { PreviewRunner } from '../preview/preview-runner.ts';
import { installedLibraries, ownLibraries } from '../store/schema-resources.ts';
import { requireOrganization } from '../use-case/find-organization.ts';
import { lockOrganization } from '../use-case/find-pipeline.ts';
import { recordAudit } from '../use-case/record-event.ts';
import { UseCaseError } from '../use-case/use-case.ts';
import type { LibraryDeps } from './libraries.ts';
import { requireDesigning } from './require-designing.ts';

export interface OwnLibraryDeps extends LibraryDeps {
  /** Runs the cases of packages: code of users, so in a process of its own. */
  readonly previews: Pick<PreviewRunner, 'run'>;
}

export interface OwnLibraryOrder {
  readonly orgId: string;
  readonly actor: string;
  /** The package as it came. */
  readonly package: unknown;
}

/**
 * Installs a library of an organisation's own: its package is checked as a whole, its cases are run, and only then it is
 * kept. What is installed never changes: the same package again changes nothing, and another one under the same version
 * is refused. Gives its name with its version. Errors: `ORGANIZATION_UNKNOWN`, `LIBRARY_INVALID` with all that is wrong,
 * `LIBRARY_VERSION_TAKEN`, `LIBRARY_LIMIT_REACHED`, `RESOURCE_NOT_REQUESTED`, `RESOURCE_NOT_ENOUGH`, those of a preview.
 */
export const installOwnLibrary = async (deps: OwnLibraryDeps, order: OwnLibraryOrder): Promise<string> => {
  const { orgId, actor } = order;
  await requireOrganization(deps.store.db, orgId);
  const held = checked(order.package, deps.limits.libraryBytes);
  const library = ownLibraryOf(held);
  const hash = packageHash(held);
  if (await isThere(deps, orgId, library, hash)) return library;
  const { issues } = await deps.previews.run({
    document: {},
    facts: { pipelineId: 'library', orgId, messageChannel: 0 },
    library: order.package as { [name: string]: JsonValue },
  });
  if (issues.length > 0) throw invalid(`Cases of the library ${library} fail.`, issues);
  await deps.store.db.transaction(async (tx) => {
    await lockOrganization(tx, orgId);
    const inside = { ...deps, store: { ...deps.store, db: tx } };
    if (await isThere(inside, orgId, library, hash)) return;
    await requireDesigning(tx, orgId);
    const at = deps.clock.now();
    await tx.insert(installedLibraries).values({ orgId, library, installedAt: at, installedBy: actor });
    await tx.insert(ownLibraries).values({
      orgId,
      library,
      hash,
      operators: ownDefinitions(held).map(({ id, label }) => ({ id, label })),
      package: JSON.stringify(order.package),
    });
    await recordAudit(tx, { at, orgId, actor, action: 'library.install', target: library, detail: hash });
  });
  return library;
};

/** The package, where there is nothing wrong with it. */
const checked = (given: unknown, maxBytes: number): LibraryPackage => {
  const bytes = Buffer.byteLength(JSON.stringify(given) ?? '');
  if (bytes > maxBytes || !isJsonObject(given as JsonValue))
    throw invalid('This is no package of a library.', [
      {
        code: 'LIBRARY_NOT_VALID',
        severity: 'error',
        path: '',
        message:
          bytes > maxBytes
            ? `A package has ${maxBytes} bytes at most, and this one ${bytes}.`
            : 'A package is an object.',
      },
    ]);
  const { library, issues } = checkPackage(given);
  if (library === undefined) throw invalid('The package of the library is not valid.', issues);
  return library;
};

const invalid = (message: string, issues: readonly Issue[]): UseCaseError =>
  new UseCaseError('LIBRARY_INVALID', 'invalid', `${message} See the issues.`, { issues });

/** Whether this very package is installed. Errors: `LIBRARY_VERSION_TAKEN`, `LIBRARY_LIMIT_REACHED`. */
const isThere = async (
  { store, limits }: Pick<OwnLibraryDeps, 'store' | 'limits'>,
  orgId: string,
  library: string,
  hash: string,
): Promise<boolean> => {
  const rows = await store.db
    .select({ library: ownLibraries.library, hash: ownLibraries.hash })
    .from(ownLibraries)
    .where(eq(ownLibraries.orgId, orgId));
  const known = rows.find((row) => row.library === library);
  if (known?.hash === hash) return true;
  if (known !== undefined)
    throw new UseCaseError(
      'LIBRARY_VERSION_TAKEN',
      'conflict',
      `${library} is installed already and holds something else. Pipelines rely on what it holds: give the package a version of its own.`,
      { params: { library } },
    );
  if (rows.length >= limits.ownLibraries)
    throw new UseCaseError(
      'LIBRARY_LIMIT_REACHED',
      'quota',
      `The organisation has ${rows.length} libraries of its own, and may have ${limits.ownLibraries} (PENSTOCK_MAX_OWN_LIBRARIES). Uninstall versions that no pipeline needs.`,
      { params: { limit: limits.ownLibraries } },
    );
  return false;
};
