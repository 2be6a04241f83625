import type { Operator } from '@penstock/client/session';
import { useMemo } from 'react';
import { type Known, namesIn } from '../code/complete.ts';
import { useDesign } from '../model/design-context.ts';

export type KnownOfStage = Omit<Known, 'functions'>;

/** Fields that every record of a measurement point has; what else a record has shows in a preview. */
const POINT_FIELDS = ['assetId', 'attr', 'modelId', 'modelIdPath', 'orgId', 'pointId', 'quality', 'time', 'value'];
const NONE: readonly string[] = [];

/** What is completed in expressions and scripts of a stage. */
export const useKnown = (
  stage: string | undefined,
  operator: Operator | undefined,
  points: readonly string[],
): KnownOfStage => {
  const { seenFields } = useDesign();
  const seen = (stage === undefined ? undefined : seenFields.get(stage)) ?? NONE;
  return useMemo(
    () => ({
      fields: [...new Set([...POINT_FIELDS.map((name) => `/${name}`), ...seen])].sort(),
      points,
      names: namesIn(operator?.description ?? ''),
    }),
    [seen, operator, points],
  );
};
