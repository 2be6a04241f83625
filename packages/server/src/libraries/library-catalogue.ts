import type { OperatorDefinition, OperatorRegistry } from '@penstock/engine';
import { BASE_LIBRARY } from '@penstock/operators';

/** An operator library that organisations may install, with the operators that come with it. */
export interface Library {
  /** Its version, by which it goes: `0.4.0`. */
  readonly library: string;
  /** The newest: what a new organisation has from the beginning. */
  readonly isRecommended: boolean;
  readonly operators: readonly { readonly id: string; readonly label: string }[];
}

/** Versions of three numbers, the older one first. */
const byVersion = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

const isBase = ({ libraries }: OperatorDefinition): boolean => libraries.includes(BASE_LIBRARY);

/** The libraries of this installation, the oldest first. What the base library has is in none of them. */
export const librariesOf = ({ definitions }: Pick<OperatorRegistry, 'definitions'>): readonly Library[] => {
  const own = definitions.filter((definition) => !isBase(definition));
  const names = [...new Set(own.flatMap(({ libraries }) => libraries))].sort(byVersion);
  return names.map((library) => ({
    library,
    isRecommended: library === names.at(-1),
    operators: own.filter(({ libraries }) => libraries.includes(library)).map(({ id, label }) => ({ id, label })),
  }));
};

/** Whether who has these libraries may use an operator. One that names no library is everybody's. */
export const mayUse = (definition: OperatorDefinition, installed: readonly string[]): boolean =>
  definition.libraries.length === 0 ||
  isBase(definition) ||
  definition.libraries.some((library) => installed.includes(library));
