import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { startOptionsQuery } from '../api/pipelines.ts';
import { SelectField, TextField } from '../kit/field.tsx';
import { Failed, Loading } from '../kit/notice.tsx';
import { useText } from '../reader/use-text.ts';
import styles from './operate.module.css';
import type { StartRequest } from './operations.ts';
import { cuOf, type ModeOption, resourcesFor } from './start-request.ts';

interface StartFieldsProps {
  readonly pipelineId: string;
  readonly onChange: (request: StartRequest | undefined) => void;
}

/** How a pipeline is to be started; begins with what the service suggests. */
export const StartFields = ({ pipelineId, onChange }: StartFieldsProps) => {
  const { t } = useText();
  const options = useQuery(startOptionsQuery(pipelineId));
  if (options.isError)
    return <Failed title={t('operate.failed')} error={options.error} onRetry={() => void options.refetch()} />;
  if (options.data === undefined) return <Loading />;
  return <Fields key={pipelineId} options={options.data} onChange={onChange} />;
};

type Options = NonNullable<Awaited<ReturnType<typeof useStartOptions>>['data']>;
const useStartOptions = (pipelineId: string) => useQuery(startOptionsQuery(pipelineId));

const Fields = ({
  options,
  onChange,
}: {
  readonly options: Options;
  readonly onChange: (request: StartRequest | undefined) => void;
}) => {
  const { t, number } = useText();
  const [mode, setMode] = useState<0 | 1>(options.last?.executionMode === 1 ? 1 : 0);
  const [rate, setRate] = useState(String(options.suggested.kafkaRate));
  const [cu, setCu] = useState(String(cuOf(options.last?.resourceConfig) ?? 1));
  const kafkaRate = Number(rate);
  const isWhole = rate.trim() !== '' && Number.isInteger(kafkaRate) && kafkaRate >= 1;
  const isAmount = cu.trim() !== '' && Number(cu) > 0;
  const isComplete = isWhole && (mode === 1 || isAmount);
  const lastCluster = options.last?.executionMode === 1 ? options.last.resourceConfig : undefined;
  useEffect(() => {
    onChange(
      isComplete
        ? { executionMode: mode, kafkaRate, resourceConfig: mode === 0 ? { server: Number(cu) } : (lastCluster ?? {}) }
        : undefined,
    );
  }, [onChange, isComplete, mode, kafkaRate, cu, lastCluster]);
  const { basis, kafkaRate: suggested } = options.suggested;
  const basisText =
    basis === 'measured' ? t('operate.rate.measured', { n: number(suggested) }) : t(`operate.rate.${basis}`);
  return (
    <>
      {options.version !== null && <p className={styles.hint}>{t('operate.version', { n: options.version })}</p>}
      <ModeField modes={options.modes} mode={mode} onChange={setMode} />
      <TextField
        label={t('operate.rate')}
        hint={basisText}
        inputMode="numeric"
        value={rate}
        aria-invalid={!isWhole}
        onChange={({ target }) => setRate(target.value)}
      />
      {mode === 0 ? (
        <TextField
          label={t('operate.cu')}
          hint={leftOf(options.modes, 0, t, number)}
          inputMode="decimal"
          value={cu}
          aria-invalid={!isAmount}
          onChange={({ target }) => setCu(target.value)}
        />
      ) : (
        <p className={styles.hint}>
          {t(lastCluster === undefined ? 'operate.cluster.default' : 'operate.cluster.last')}
        </p>
      )}
    </>
  );
};

/** What is left of the grants a mode takes from. */
const leftOf = (
  modes: readonly ModeOption[],
  mode: number,
  t: ReturnType<typeof useText>['t'],
  number: (value: number) => string,
): string => {
  const taken = resourcesFor(modes, mode);
  if (taken.length === 0) return t('operate.cu.none');
  return taken
    .map(({ left, granted }) => t('operate.cu.left', { left: number(left), granted: number(granted) }))
    .join(' · ');
};

const ModeField = ({
  modes,
  mode,
  onChange,
}: {
  readonly modes: readonly ModeOption[];
  readonly mode: 0 | 1;
  readonly onChange: (mode: 0 | 1) => void;
}) => {
  const { t } = useText();
  const nameOf = (value: number): string => t(value === 1 ? 'mode.1' : 'mode.0');
  return (
    <SelectField
      label={t('operate.mode')}
      value={mode}
      onChange={({ target }) => onChange(target.value === '1' ? 1 : 0)}
      options={modes.map(({ executionMode, isConfigured }) => ({
        value: String(executionMode),
        text: isConfigured ? nameOf(executionMode) : t('operate.mode.off', { mode: nameOf(executionMode) }),
        disabled: !isConfigured,
      }))}
    />
  );
};
