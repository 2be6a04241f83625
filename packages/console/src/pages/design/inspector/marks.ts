import { useMemo } from 'react';
import type { DocumentPlace } from '../../../document/places.ts';
import type { Mark } from '../code/code-editor.ts';
import type { Finding } from '../model/use-findings.ts';

/** The field, or the cell, that a value is in. Without a stage: of the form of a template. */
export type FieldPlace = Pick<DocumentPlace, 'stage' | 'row' | 'column'> & { readonly option: string };
const START = { offset: 0, length: 0 };

export const isOf = (place: DocumentPlace, { stage, option, row, column }: FieldPlace): boolean =>
  place.stage === stage && place.option === option && place.row === row && place.column === column;

/** What is wrong in a text, where in it. */
export const marksOf = (findings: readonly Finding[], where: FieldPlace): readonly Mark[] =>
  findings.flatMap(({ place, message }) =>
    place.at !== undefined && isOf(place, where) ? [{ ...place.at, message }] : [],
  );

/** Where in a text the cursor is to go; the same object until it is to go somewhere again. */
export const useTextGoal = (
  goal: DocumentPlace | undefined,
  { stage, option, row, column }: FieldPlace,
): Pick<Mark, 'offset' | 'length'> | undefined =>
  useMemo(() => {
    const isHere = goal !== undefined && isOf(goal, { stage, option, row, column } as FieldPlace);
    return isHere ? { ...(goal.at ?? START) } : undefined;
  }, [goal, stage, option, row, column]);
