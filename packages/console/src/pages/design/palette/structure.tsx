import { Plus, Unlink } from 'lucide-react';
import { useState } from 'react';
import type { JsonObject } from '../../../document/json.ts';
import { connect, connectionProblem, disconnect, type Output } from '../../../document/lanes.ts';
import { idOf, inputsOf, labelOf, outputsOf, stagesOf } from '../../../document/shape.ts';
import { IconButton } from '../../../kit/button.tsx';
import { SelectField } from '../../../kit/field.tsx';
import { useText } from '../../../reader/use-text.ts';
import styles from '../designer.module.css';
import { useDesign } from '../model/design-context.ts';
import { spotBeside } from '../model/spots.ts';

/** The pipeline as a list: everything that the canvas does with a pointer is done here with keys. */
export const Structure = () => {
  const { t } = useText();
  const { document } = useDesign();
  return (
    <ul className={styles.structure} aria-label={t('design.structure')}>
      {stagesOf(document).map((stage) => (
        <StageRow key={idOf(stage)} stage={stage} />
      ))}
    </ul>
  );
};

const StageRow = ({ stage }: { readonly stage: JsonObject }) => {
  const { state, select } = useDesign();
  const id = idOf(stage);
  return (
    <li>
      <button
        type="button"
        className={styles.rowButton}
        aria-pressed={state.selection.has(id)}
        onClick={() => select([id])}
      >
        {labelOf(stage)}
      </button>
      {outputsOf(stage).map((lane, output) => (
        <OutputRow key={lane} stage={stage} lane={lane} from={{ stage: id, output }} />
      ))}
    </li>
  );
};

interface OutputRowProps {
  readonly stage: JsonObject;
  readonly lane: string;
  readonly from: Output;
}

const OutputRow = ({ stage, lane, from }: OutputRowProps) => {
  const { t } = useText();
  const { document, edit, ask, mayDesign } = useDesign();
  const readers = stagesOf(document).filter((each) => inputsOf(each).includes(lane));
  const name = outputsOf(stage).length > 1 ? t('design.output', { n: from.output + 1 }) : '';
  // Of every stage each other one may be a choice: they are found out where somebody is about to choose.
  const [isChoosing, setChoosing] = useState(false);
  const others = isChoosing ? stagesOf(document) : [];
  const options = others
    .filter((each) => !readers.includes(each) && idOf(each) !== from.stage)
    .map((each) => {
      const problem = connectionProblem(document, from, idOf(each));
      const why = problem === undefined ? '' : `: ${t(`design.problem.${problem}`)}`;
      return { value: idOf(each), text: `${labelOf(each)}${why}`, disabled: problem !== undefined };
    });
  return (
    <div className={styles.outputs}>
      {readers.map((reader) => (
        <div key={idOf(reader)} className={styles.reader}>
          <span>
            {name} → {labelOf(reader)}
          </span>
          <IconButton
            label={t('design.insertBetween', { from: labelOf(stage), to: labelOf(reader) })}
            disabled={!mayDesign}
            onClick={() => ask({ kind: 'between', from, to: idOf(reader), place: spotBeside(document, from.stage) })}
          >
            <Plus size={14} aria-hidden="true" />
          </IconButton>
          <IconButton
            label={t('design.disconnect', { from: labelOf(stage), to: labelOf(reader) })}
            disabled={!mayDesign}
            onClick={() => edit('disconnect', disconnect(document, from, idOf(reader)))}
          >
            <Unlink size={14} aria-hidden="true" />
          </IconButton>
        </div>
      ))}
      {(!isChoosing || options.length > 0) && (
        <SelectField
          hideLabel
          label={t('design.connectOf', { name: `${labelOf(stage)} ${name}`.trim() })}
          value=""
          disabled={!mayDesign}
          onFocus={() => setChoosing(true)}
          onPointerDown={() => setChoosing(true)}
          onBlur={() => setChoosing(false)}
          options={[{ value: '', text: `${name} → ${t('design.connect')}`.trim() }, ...options]}
          onChange={({ target }) => edit('connect', connect(document, from, target.value))}
        />
      )}
    </div>
  );
};
