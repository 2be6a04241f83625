import type { Issue, JsonObject } from '@penstock/model';
import type { Static, TObject } from 'typebox';
import type { ConnectionAccess } from './guarded-socket.ts';

/** A connection with all it takes to open it: its secrets are in clear. */
export interface Connection<S = JsonObject, X = Readonly<Record<string, string>>> {
  readonly settings: S;
  readonly secrets: X;
}

/** What the connections of one kind have in common. */
export interface ConnectionKind<S extends TObject = TObject, X extends TObject = TObject> {
  /** As connections and operators name it: `postgresql`. */
  readonly kind: string;
  /** For people: `PostgreSQL`. */
  readonly title: string;
  /** A sentence. */
  readonly summary: string;
  /**
   * JSON Schema of what everybody in the organisation may see, with defaults. Every setting counts as saying where a
   * connection goes, by which way, or as whom: secrets that were given for other settings are not kept.
   */
  readonly settings: S;
  /** JSON Schema of what is never shown again: texts, all of them optional. */
  readonly secrets: X;
  /** Where it goes, in a few words. */
  addressOf(settings: Static<S>): string;
  /** What is to be known of settings that are allowed; paths are relative to them. */
  remarks(settings: Static<S>): readonly Issue[];
  /**
   * Really connects, and says what is at the other end, in a few words. Errors: `AppError` in words of ours, without
   * anything secret; rejects within `timeoutMs`.
   */
  test(connection: Connection<Static<S>, Static<X>>, access: ConnectionAccess, timeoutMs: number): Promise<string>;
}

/** Keeps the types of settings and secrets within the definition; from outside a kind is one of many. */
export const defineConnectionKind = <S extends TObject, X extends TObject>(
  definition: ConnectionKind<S, X>,
): ConnectionKind => definition as unknown as ConnectionKind;
