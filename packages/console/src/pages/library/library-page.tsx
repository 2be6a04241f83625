import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useId } from 'react';
import { operatorsQuery } from '../../api/references.ts';
import { byCategory, findOperators, isCategory } from '../../catalogue/find-operators.ts';
import { SearchField } from '../../kit/field.tsx';
import { Empty, Queried } from '../../kit/notice.tsx';
import page from '../../kit/page.module.css';
import { usePreferences } from '../../reader/preferences.ts';
import { useText } from '../../reader/use-text.ts';
import styles from './library-page.module.css';
import { OperatorView } from './operator-view.tsx';

const searchOf = (operator: string | undefined, text: string) => ({
  ...(operator === undefined ? {} : { operator }),
  ...(text === '' ? {} : { text }),
});

/** What stages can do: operators by category, and one of them with its reference. */
export const LibraryPage = () => {
  const { t } = useText();
  const id = useId();
  const { locale } = usePreferences();
  const { orgId } = useParams({ from: '/organizations/$orgId/library' });
  const { operator: chosen, text = '' } = useSearch({ from: '/organizations/$orgId/library' });
  const navigate = useNavigate({ from: '/organizations/$orgId/library' });
  const list = useQuery({ ...operatorsQuery(orgId, locale), placeholderData: (before) => before });
  return (
    <div className={styles.page}>
      <div className={page.head}>
        <h1>{t('library.title')}</h1>
        <SearchField
          label={t('design.palette.search')}
          value={text}
          onSearch={(looked) => void navigate({ replace: true, search: searchOf(chosen, looked) })}
        />
      </div>
      <Queried query={list} failed={t('library.failed')}>
        {(operators) => {
          const found = findOperators(operators, text);
          const shown = operators.find((each) => each.id === chosen) ?? found[0];
          return (
            <div className={styles.columns}>
              <nav className={styles.list} aria-label={t('library.operators')}>
                {found.length === 0 && <p className={page.hint}>{t('actions.none')}</p>}
                {byCategory(found).map(({ category, operators: of }) => (
                  <section key={category} aria-labelledby={`${id}-${category}`}>
                    <h2 id={`${id}-${category}`}>
                      {isCategory(category) ? t(`design.category.${category}`) : category}
                    </h2>
                    <ul>
                      {of.map((operator) => (
                        <li key={operator.id}>
                          <Link
                            to="/organizations/$orgId/library"
                            params={{ orgId }}
                            search={searchOf(operator.id, text)}
                            aria-current={operator === shown ? 'true' : 'false'}
                          >
                            {operator.label}
                          </Link>
                        </li>
                      ))}
                    </ul>
                  </section>
                ))}
              </nav>
              {shown === undefined ? (
                <Empty title={t('library.none')} />
              ) : (
                <OperatorView key={shown.id} operator={shown} />
              )}
            </div>
          );
        }}
      </Queried>
    </div>
  );
};
