/** Packages of the workspace whose code is in the npm package. The console is there as it was built. */
export const PACKAGES = [
  'cli',
  'client',
  'connections',
  'engine',
  'expression',
  'kafka',
  'model',
  'modes',
  'operators',
  'outbound',
  'server',
  'worker',
] as const;
