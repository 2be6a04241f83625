import { Link } from '@tanstack/react-router';
import { useText } from '../reader/use-text.ts';
import { Empty } from './notice.tsx';

export const NotFound = () => {
  const { t } = useText();
  return (
    <Empty isPage title={t('app.notFound')} hint={t('app.notFoundHint')}>
      <Link to="/">{t('app.toPipelines')}</Link>
    </Empty>
  );
};
