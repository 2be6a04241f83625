import { useState } from 'react';
import { useSteadyDesign } from '../model/design-context.ts';
import { Combobox } from './combobox.tsx';
import { POINT_SIGN, type ReferenceKind } from './suggest.ts';
import { useSuggestions } from './use-suggestions.ts';

interface PickFieldProps {
  readonly kind: ReferenceKind;
  readonly label: string;
  readonly value: string;
  /** Points that the document names already. */
  readonly points: readonly string[];
  readonly hideLabel?: boolean;
  readonly isWrong?: boolean;
  readonly className?: string | undefined;
  readonly cell?: string;
  readonly onChange: (value: string) => void;
}

/** A field for the name of something that the service knows: picked, or typed where it is not there yet. */
export const PickField = ({ kind, points, ...field }: PickFieldProps) => {
  const { mayDesign } = useSteadyDesign();
  const [isOpen, setOpen] = useState(false);
  const { suggestions, status } = useSuggestions({ kind, typed: field.value, isOpen, points });
  return (
    <Combobox
      {...field}
      isDisabled={!mayDesign}
      suggestions={suggestions}
      status={status}
      goesOn={(picked) => kind === 'point' && picked.endsWith(POINT_SIGN)}
      onOpen={setOpen}
    />
  );
};
