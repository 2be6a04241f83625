import type { ConnectionKind } from './kind.ts';
import { postgresql } from './postgresql/kind.ts';

/** All kinds there are, in the order people see them. */
export const connectionKinds: readonly ConnectionKind[] = [postgresql];

export const connectionKindOf = (kind: string): ConnectionKind | undefined =>
  connectionKinds.find((one) => one.kind === kind);
