import type { ExpressionFunction, ExpressionFunctionInfo } from './define-function.ts';
import { listsAndMaps } from './lists-and-maps.ts';
import { mathFunctions } from './math.ts';
import { pipelineContext } from './pipeline-context.ts';
import { recordFields } from './record-fields.ts';
import { recordHeader } from './record-header.ts';
import { textEncoding } from './text-encoding.ts';
import { textParts } from './text-parts.ts';
import { textSearch } from './text-search.ts';
import { timeFunctions } from './time.ts';
import { timeText } from './time-text.ts';

/** Families in the order in which the reference shows them. */
const all: readonly ExpressionFunction[] = [
  ...recordFields,
  ...recordHeader,
  ...textParts,
  ...textSearch,
  ...textEncoding,
  ...mathFunctions,
  ...timeFunctions,
  ...timeText,
  ...listsAndMaps,
  ...pipelineContext,
];

/** Every function of the expression language by name. */
export const functionTable: ReadonlyMap<string, ExpressionFunction> = new Map(
  all.map((definition) => [definition.name, definition]),
);

/** What editors offer for completion and the reference shows. */
export const expressionFunctions: readonly ExpressionFunctionInfo[] = all.map(
  ({ apply: _, types: __, ...info }) => info,
);

const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min(
          (row[j] as number) + 1,
          (next[j - 1] as number) + 1,
          (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      );
    row = next;
  }
  return row[b.length] as number;
};

/** The function somebody probably meant. */
export const suggestFunction = (name: string): string | undefined => {
  if (name.length > 60) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  const local = name.slice(name.indexOf(':') + 1).toLowerCase();
  for (const candidate of functionTable.keys()) {
    const candidateLocal = candidate.slice(candidate.indexOf(':') + 1).toLowerCase();
    const far = local === candidateLocal ? 1 : distance(name.toLowerCase(), candidate.toLowerCase());
    if (far < bestDistance) [best, bestDistance] = [candidate, far];
  }
  return best;
};
