import { CirclePause, CirclePlay, CircleStop } from 'lucide-react';
import { IconButton } from '../kit/button.tsx';
import { useText } from '../reader/use-text.ts';
import styles from './operate.module.css';
import { isPossible, OPERATIONS, type Operation } from './possible.ts';

export const OPERATION_ICONS = { start: CirclePlay, pause: CirclePause, stop: CircleStop } as const;

interface OperationButtonsProps {
  readonly name: string;
  readonly state: string;
  /** Whether whoever looks has the role for it. */
  readonly isAllowed: boolean;
  readonly onWish: (operation: Operation) => void;
}

/** Start, pause, stop of one pipeline. What is not possible now cannot be pressed. */
export const OperationButtons = ({ name, state, isAllowed, onWish }: OperationButtonsProps) => {
  const { t } = useText();
  return (
    <span className={styles.buttons}>
      {OPERATIONS.map((operation) => {
        const Icon = OPERATION_ICONS[operation];
        return (
          <IconButton
            key={operation}
            label={t(`operate.${operation}Of`, { name })}
            disabled={!isAllowed || !isPossible(operation, state)}
            onClick={() => onWish(operation)}
          >
            <Icon size={16} aria-hidden="true" />
          </IconButton>
        );
      })}
    </span>
  );
};
