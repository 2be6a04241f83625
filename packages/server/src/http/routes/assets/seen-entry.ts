import type { FastifyReply, FastifyRequest } from 'fastify';
import type { EntryTarget } from '../../../assets/save-entries.ts';
import { actorOf } from '../../../auth/caller.ts';
import { requireOrganizationAccess } from '../../plugins/caller.ts';
import { decodeCursor } from '../../plugins/cursor.ts';
import { etagOf, revisionOf } from '../pipelines/revision-tag.ts';

interface Tagged {
  readonly orgId: string;
  readonly ifMatch: string | undefined;
}

/** Who saves an entry of whose store, having seen which revision. Errors: `REVISION_REQUIRED`, `REQUEST_INVALID`. */
export const savedBy = (request: FastifyRequest, { orgId, ifMatch }: Tagged): EntryTarget => ({
  ...askedBy(request, orgId),
  seen: revisionOf(ifMatch),
});

/** Likewise of an entry that is removed; nothing needs to be said of its revision. Errors: `REQUEST_INVALID`. */
export const removedBy = (request: FastifyRequest, { orgId, ifMatch }: Tagged): EntryTarget => ({
  ...askedBy(request, orgId),
  seen: ifMatch === undefined ? undefined : revisionOf(ifMatch),
});

const askedBy = (request: FastifyRequest, orgId: string) => ({
  orgId,
  actor: actorOf(requireOrganizationAccess(request, orgId)),
});

/** Answers an entry with its revision as ETag. */
export const withTag = <T extends { readonly revision: number }>(reply: FastifyReply, entry: T): T => {
  void reply.header('etag', etagOf(entry.revision));
  return entry;
};

/** The id a page begins behind. Errors: `CURSOR_INVALID`. */
export const idCursor = (cursor: string | undefined): string | undefined =>
  decodeCursor(cursor, (value) =>
    typeof value === 'string' && value.length <= 128 && !value.includes('\u0000') && value.isWellFormed()
      ? value
      : undefined,
  );
