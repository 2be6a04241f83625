import { Dialog as Base } from '@base-ui/react/dialog';
import type { ReactNode, RefObject } from 'react';
import styles from './dialog.module.css';

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Below the content; without them it is closed by Escape or beside it. */
  readonly actions?: ReactNode;
  readonly focusFirst?: RefObject<HTMLElement | null>;
}

/** Something to be answered before going on. It is shown while it is mounted. */
export const Dialog = ({ title, onClose, children, actions, focusFirst }: DialogProps) => (
  <Base.Root open onOpenChange={(open) => !open && onClose()}>
    <Base.Portal>
      <Base.Backdrop className={styles.shade} />
      <Base.Popup className={styles.popup} {...(focusFirst === undefined ? {} : { initialFocus: focusFirst })}>
        <Base.Title className={styles.title}>{title}</Base.Title>
        {children}
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </Base.Popup>
    </Base.Portal>
  </Base.Root>
);
