import type { Output } from '../../../document/lanes.ts';

/** An output is its number; handles of inputs have no name. */
export const outputOfHandle = (stage: string, handle: string | null | undefined): Output => ({
  stage,
  output: Number(handle ?? 0),
});
