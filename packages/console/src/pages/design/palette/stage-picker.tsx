import type { Operator } from '@penstock/client/session';
import { fitting, type Spot } from '../../../catalogue/operators.ts';
import { labelOf, stageOf } from '../../../document/shape.ts';
import { Dialog } from '../../../kit/dialog.tsx';
import { useText } from '../../../reader/use-text.ts';
import { useDesign } from '../model/design-context.ts';
import { StageList } from './stage-list.tsx';

interface StagePickerProps {
  readonly spot: Spot;
  readonly onPick: (operator: Operator, spot: Spot) => void;
  readonly onClose: () => void;
}

/** Operators that can stand at a spot. */
export const StagePicker = ({ spot, onPick, onClose }: StagePickerProps) => {
  const { t } = useText();
  const { document, operators } = useDesign();
  const nameOf = (id: string): string => {
    const stage = stageOf(document, id);
    return stage === undefined ? id : labelOf(stage);
  };
  const title =
    spot.kind === 'free'
      ? t('design.add')
      : spot.kind === 'behind'
        ? t('design.addBehind', { name: nameOf(spot.from.stage) })
        : t('design.insertBetween', { from: nameOf(spot.from.stage), to: nameOf(spot.to) });
  return (
    <Dialog title={title} onClose={onClose}>
      <StageList operators={fitting(operators, spot)} onPick={(operator) => onPick(operator, spot)} />
    </Dialog>
  );
};
