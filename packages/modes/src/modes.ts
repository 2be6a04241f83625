import type { Mode, ModeContext } from './mode.ts';
import { createStandaloneMode } from './standalone/standalone-mode.ts';
import { createYarnMode, type YarnContext } from './yarn/yarn-mode.ts';

export type ModesContext = ModeContext & YarnContext;

/** Every way of running a pipeline there is. */
const MODES: readonly ((context: ModesContext) => Mode)[] = [createStandaloneMode, createYarnMode];

/** Finds the mode of a run. */
export class Modes {
  readonly all: readonly Mode[];

  constructor(all: readonly Mode[]) {
    this.all = all;
  }

  /** Errors: a number that no mode has is a bug of this program, or the database of a newer one. */
  of(executionMode: number): Mode {
    const mode = this.all.find((each) => each.executionMode === executionMode);
    if (mode === undefined) throw new Error(`There is no running mode ${executionMode}`);
    return mode;
  }
}

/** Errors: those of a cluster's configuration. */
export const createModes = (context: ModesContext): Modes => new Modes(MODES.map((create) => create(context)));
