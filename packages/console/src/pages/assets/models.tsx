import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { modelQuery, modelsQuery } from '../../api/references.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { Queried } from '../../kit/notice.tsx';
import styles from '../../kit/page.module.css';
import { Table, tableStyles } from '../../kit/table.tsx';
import { useText } from '../../reader/use-text.ts';
import { tagsOf } from './tags.ts';

/** Types of assets, with how many points are their own. */
export const Models = ({ orgId }: { readonly orgId: string }) => {
  const { t, number } = useText();
  const list = useQuery(modelsQuery(orgId));
  const [shown, setShown] = useState<string>();
  const columns = [
    { name: t('assets.model') },
    { name: t('assets.name') },
    { name: t('assets.line') },
    { name: t('assets.ownPoints'), isNumber: true },
    { name: t('assets.tags') },
  ];
  return (
    <section className={styles.section}>
      <h2>{t('assets.models')}</h2>
      <Queried query={list} failed={t('assets.failed')}>
        {({ items, isWhole }) => (
          <>
            <Table label={t('assets.models')} columns={columns}>
              {items.map(({ modelId, name, modelIdPath, ownPoints, tags }) => (
                <tr key={modelId}>
                  <th scope="row" className={tableStyles.wide}>
                    <button
                      type="button"
                      className={styles.link}
                      aria-label={t('assets.pointsOf', { id: modelId })}
                      onClick={() => setShown(modelId)}
                    >
                      {modelId}
                    </button>
                  </th>
                  <td className={tableStyles.wide}>{name}</td>
                  <td className={tableStyles.code}>{modelIdPath}</td>
                  <td className={tableStyles.number}>{number(ownPoints)}</td>
                  <td className={tableStyles.wide}>{tagsOf(tags)}</td>
                </tr>
              ))}
            </Table>
            {!isWhole && <p className={styles.hint}>{t('assets.modelsPart', { n: number(items.length) })}</p>}
          </>
        )}
      </Queried>
      {shown !== undefined && <Points orgId={orgId} modelId={shown} onClose={() => setShown(undefined)} />}
    </section>
  );
};

interface PointsProps {
  readonly orgId: string;
  readonly modelId: string;
  readonly onClose: () => void;
}

/** Points of a model, its own and those it inherits. */
const Points = ({ orgId, modelId, onClose }: PointsProps) => {
  const { t } = useText();
  const model = useQuery(modelQuery(orgId, modelId));
  const columns = [
    { name: t('assets.point') },
    { name: t('assets.name') },
    { name: t('assets.type') },
    { name: t('assets.unit') },
    { name: t('assets.inherited') },
  ];
  const title = t('assets.pointsOf', { id: modelId });
  return (
    <Dialog title={title} onClose={onClose} actions={<Button onClick={onClose}>{t('app.close')}</Button>}>
      <Queried query={model} failed={t('assets.failed')}>
        {(found) =>
          found === null || found.points.length === 0 ? (
            <p>{t('assets.noPoints')}</p>
          ) : (
            <Table label={title} columns={columns}>
              {found.points.map(({ pointId, name, dataType, signalType, unit, inheritedFrom }) => (
                <tr key={pointId}>
                  <th scope="row" className={tableStyles.wide}>
                    {pointId}
                  </th>
                  <td className={tableStyles.wide}>{name}</td>
                  <td>{[dataType, signalType].filter(Boolean).join(' · ')}</td>
                  <td>{unit}</td>
                  <td>{inheritedFrom ?? ''}</td>
                </tr>
              ))}
            </Table>
          )
        }
      </Queried>
    </Dialog>
  );
};
