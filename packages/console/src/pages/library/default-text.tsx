import type { Field } from '../../document/fields.ts';
import { shownJson } from '../../document/json.ts';
import { useText } from '../../reader/use-text.ts';

/** What counts where nothing is set, with its unit and limits. */
export const DefaultText = ({ field }: { readonly field: Field }) => {
  const { t } = useText();
  const { fallback, isRequired, unit, minimum, maximum } = field;
  const value = fallback === undefined ? t(isRequired ? 'library.required' : 'library.nothing') : shownJson(fallback);
  const limits = minimum === undefined || maximum === undefined ? '' : `${minimum} – ${maximum}`;
  return (
    <>
      {[value === '' ? '""' : value, fallback === undefined ? '' : unit].filter(Boolean).join(' ')}
      {limits !== '' && <div>{[limits, unit].filter(Boolean).join(' ')}</div>}
    </>
  );
};
