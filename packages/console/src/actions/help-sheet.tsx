import { Fragment } from 'react';
import { Dialog } from '../kit/dialog.tsx';
import { useText } from '../reader/use-text.ts';
import { KeyCaps } from './key-caps.tsx';
import styles from './overlay.module.css';
import { useAllActions } from './registry.ts';

/** All shortcuts of the page that is shown. */
export const HelpSheet = ({ onClose }: { readonly onClose: () => void }) => {
  const { t } = useText();
  const actions = useAllActions();
  return (
    <Dialog title={t('actions.help')} onClose={onClose}>
      <p className={styles.hint}>{t('actions.helpHint')}</p>
      <dl className={styles.sheet}>
        {actions.map(({ id, label, text, keys }) =>
          keys === undefined ? null : (
            <Fragment key={id}>
              <dt>{text ?? t(label)}</dt>
              <dd>
                <KeyCaps keys={keys} />
              </dd>
            </Fragment>
          ),
        )}
      </dl>
    </Dialog>
  );
};
