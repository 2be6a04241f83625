/** A mode as the service tells of it. */
export interface ModeOption {
  readonly executionMode: number;
  readonly isConfigured: boolean;
  readonly resources: readonly { readonly granted: number | null; readonly left: number }[];
}

/** What a mode's grants have left; those that were never granted are not there. */
export const resourcesFor = (
  modes: readonly ModeOption[],
  mode: number,
): readonly { left: number; granted: number }[] =>
  (modes.find(({ executionMode }) => executionMode === mode)?.resources ?? []).flatMap(({ left, granted }) =>
    granted === null ? [] : [{ left, granted }],
  );

/** The CU of a start in Standalone Mode, as it was sent; undefined where it says none. */
export const cuOf = (resourceConfig: unknown): number | undefined => {
  if (typeof resourceConfig === 'number') return resourceConfig;
  if (typeof resourceConfig !== 'object' || resourceConfig === null || !('server' in resourceConfig)) return undefined;
  const server = Number(resourceConfig.server);
  return Number.isFinite(server) && server > 0 ? server : undefined;
};
