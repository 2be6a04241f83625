import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { modelQuery } from '../../api/references.ts';
import { Mark } from '../../kit/mark.tsx';
import page from '../../kit/page.module.css';
import { Table, tableStyles } from '../../kit/table.tsx';
import { useNow } from '../../reader/clock.ts';
import { useText } from '../../reader/use-text.ts';
import { type Reading, readingsIn } from './readings.ts';

/** A message may hold thousands of records; so many are shown. */
const MAX_SHOWN = 50;

/** What a message says of points: each value with its unit, quality and age. Nothing where it is no such message. */
export const ReadingList = ({ orgId, text }: { readonly orgId: string; readonly text: string }) => {
  const { t, number } = useText();
  const all = useMemo(() => readingsIn(text), [text]);
  const readings = all.slice(0, MAX_SHOWN);
  const units = useUnits(orgId, readings);
  if (readings.length === 0) return null;
  const columns = [
    { name: t('look.asset') },
    { name: t('look.point') },
    { name: t('record.value'), isNumber: true },
    { name: t('look.quality') },
    { name: t('look.age'), isNumber: true },
  ];
  return (
    <>
      <Table label={t('look.readings')} columns={columns}>
        {readings.map((reading, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a message may say the same twice; a reading is its place
          <tr key={index}>
            <td>{reading.assetId}</td>
            <th scope="row" className={tableStyles.wide}>
              {reading.pointId}
            </th>
            <td className={tableStyles.number}>
              {reading.value} {units(reading)}
            </td>
            <td>
              <Quality quality={reading.quality} />
            </td>
            <td className={tableStyles.number}>
              <Age at={reading.time} />
            </td>
          </tr>
        ))}
      </Table>
      {all.length > readings.length && (
        <p className={page.hint}>{t('look.moreReadings', { n: number(readings.length), total: number(all.length) })}</p>
      )}
    </>
  );
};

/** Units as the models of the asset store have them; nothing of a point that none has. */
const useUnits = (orgId: string, readings: readonly Reading[]): ((reading: Reading) => string) => {
  const models = [...new Set(readings.map(({ modelId }) => modelId))].filter((id) => id !== '');
  const found = useQueries({ queries: models.map((modelId) => modelQuery(orgId, modelId)) });
  return ({ modelId, pointId }) => {
    const points = found[models.indexOf(modelId)]?.data?.points;
    return points?.find((point) => point.pointId === pointId)?.unit ?? '';
  };
};

const Quality = ({ quality }: { readonly quality: number | undefined }) => {
  const { t } = useText();
  if (quality === undefined) return '–';
  if (quality === 0) return <Mark tone="good">{t('look.quality.good')}</Mark>;
  return <Mark tone="warn">{t('look.quality.other', { n: quality })}</Mark>;
};

const Age = ({ at }: { readonly at: number | undefined }) => {
  const { t, duration, time } = useText();
  const now = useNow();
  if (at === undefined) return '–';
  return <span title={time(at)}>{at > now ? t('look.ahead', { time: duration(at - now) }) : duration(now - at)}</span>;
};
