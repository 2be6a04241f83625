import type { Operator } from '@penstock/client/session';
import type { ReactNode } from 'react';
import { addOperator, type Spot } from '../../catalogue/operators.ts';
import { useText } from '../../reader/use-text.ts';
import { DesignCanvas } from './canvas/design-canvas.tsx';
import styles from './designer.module.css';
import { Inspector } from './inspector/inspector.tsx';
import { useDesign } from './model/design-context.ts';
import { SidePanel } from './palette/side-panel.tsx';
import { StagePicker } from './palette/stage-picker.tsx';
import { useClipboard } from './use-clipboard.ts';
import { useStageActions } from './use-stage-actions.ts';

interface StagesViewProps {
  /** Where a stage is to be added: its operator is asked for. */
  readonly spot: Spot | undefined;
  readonly onSpot: (spot: Spot | undefined) => void;
  /** The document as text, where it is shown. */
  readonly text: ReactNode;
}

/** A document of stages: palette, canvas, and the fields of the stage that is chosen. */
export const StagesView = ({ spot, onSpot, text }: StagesViewProps) => {
  const { t } = useText();
  const design = useDesign();
  useStageActions(design);
  useClipboard(design);
  const pick = (operator: Operator, at: Spot): void => {
    const added = addOperator(design.document, operator, at);
    onSpot(undefined);
    if (added === undefined) design.say(t('design.problem.unknown'));
    else design.edit(at.kind === 'between' ? 'splice' : 'add', added.document, { select: [added.id] });
  };
  return (
    <>
      <div className={`${styles.panes} ${text === false ? '' : styles.withText}`}>
        <SidePanel onPick={pick} />
        <DesignCanvas />
        {text}
        <Inspector />
      </div>
      {spot !== undefined && <StagePicker spot={spot} onPick={pick} onClose={() => onSpot(undefined)} />}
    </>
  );
};
