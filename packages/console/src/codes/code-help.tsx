import { useQuery } from '@tanstack/react-query';
import { codeQuery } from '../api/codes.ts';
import page from '../kit/page.module.css';
import { usePreferences } from '../reader/preferences.ts';

interface CodeHelpProps {
  readonly code: string;
  /**
   * What the text beside it says already: its `meaning`; that, but `in-english`, as messages of the service are; or,
   * in English, `all` that there is to say. Without it only the code stands there.
   */
  readonly beside?: 'meaning' | 'in-english' | 'all-in-english';
}

/** What a code means and what to do about it, in the language of whoever reads. */
export const CodeHelp = ({ code, beside }: CodeHelpProps) => {
  const { locale } = usePreferences();
  const isSaid = locale === 'en' && beside === 'all-in-english';
  const { data } = useQuery({ ...codeQuery(code, locale), enabled: !isSaid });
  if (isSaid || data === undefined || data === null) return null;
  const hasMeaning = beside === 'meaning' || (beside === 'in-english' && locale === 'en');
  const text = [hasMeaning ? '' : data.meaning, data.remedy ?? ''].filter((part) => part !== '').join(' ');
  return text === '' ? null : <div className={page.hint}>{text}</div>;
};
