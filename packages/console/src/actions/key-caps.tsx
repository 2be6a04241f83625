import { Fragment } from 'react';
import { useText } from '../reader/use-text.ts';
import { keyCaps } from './keys.ts';
import styles from './overlay.module.css';

const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent);

export const KeyCaps = ({ keys }: { readonly keys: string }) => {
  const { t } = useText();
  return (
    <span className={styles.keys}>
      {keyCaps(keys, isApple).map((part, index) => (
        <Fragment key={part.join('+')}>
          {index > 0 && ` ${t('keys.then')} `}
          {part.map((key) => (
            <kbd key={key}>{key}</kbd>
          ))}
        </Fragment>
      ))}
    </span>
  );
};
