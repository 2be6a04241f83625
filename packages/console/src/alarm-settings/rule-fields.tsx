import type { AlarmSettings } from '@penstock/client/session';
import { CheckField, TextField } from '../kit/field.tsx';
import styles from '../kit/page.module.css';
import { stateName } from '../kit/pipeline-state.tsx';
import { useText } from '../reader/use-text.ts';

type States = NonNullable<AlarmSettings['status']>['states'];
/** Those that somebody wants to hear of come first. */
const STATES: States = [
  'RUN_ERROR',
  'START_ERROR',
  'STOPPED',
  'PAUSED',
  'STARTING',
  'STOPPING',
  'PAUSING',
  'RUNNING',
  'PUBLISHED',
  'EDITED',
];

const MOST_MINUTES = 1440;
/** What a rule begins with. */
const FIRST: Required<Omit<AlarmSettings, 'receivers'>> = {
  status: { states: ['RUN_ERROR', 'START_ERROR'], forMinutes: 0 },
  lag: { threshold: 10_000, forMinutes: 5 },
  progress: { forMinutes: 5 },
};

interface RuleFieldsProps {
  readonly settings: AlarmSettings;
  readonly onChange: (settings: AlarmSettings) => void;
}

/** The three things that can be watched, each to be switched on. */
export const RuleFields = ({ settings, onChange }: RuleFieldsProps) => {
  const { t } = useText();
  const { status, lag, progress, receivers } = settings;
  const others = { status, lag, progress };
  /** Settings without rules that are not there: the service takes an absent one for off. */
  const set = (rules: { readonly [Rule in keyof typeof others]?: AlarmSettings[Rule] | undefined }): void => {
    const next = { ...others, ...rules };
    onChange({
      receivers,
      ...(next.status === undefined ? {} : { status: next.status }),
      ...(next.lag === undefined ? {} : { lag: next.lag }),
      ...(next.progress === undefined ? {} : { progress: next.progress }),
    });
  };
  return (
    <>
      <fieldset className={styles.group}>
        <legend>{t('alarms.rule.status')}</legend>
        <CheckField
          label={t('alarms.watchStatus')}
          checked={status !== undefined}
          onChange={({ target }) => set({ status: target.checked ? FIRST.status : undefined })}
        />
        {status !== undefined && (
          <>
            <div className={styles.choices}>
              {STATES.map((state) => (
                <CheckField
                  key={state}
                  label={stateName(t, state)}
                  checked={status.states.includes(state)}
                  onChange={({ target }) =>
                    set({
                      status: {
                        ...status,
                        states: target.checked
                          ? [...status.states, state]
                          : status.states.filter((each) => each !== state),
                      },
                    })
                  }
                />
              ))}
            </div>
            <Whole
              label={t('alarms.forMinutes')}
              max={MOST_MINUTES}
              value={status.forMinutes}
              onChange={(forMinutes) => set({ status: { ...status, forMinutes } })}
            />
          </>
        )}
      </fieldset>
      <fieldset className={styles.group}>
        <legend>{t('alarms.rule.lag')}</legend>
        <CheckField
          label={t('alarms.watchLag')}
          checked={lag !== undefined}
          onChange={({ target }) => set({ lag: target.checked ? FIRST.lag : undefined })}
        />
        {lag !== undefined && (
          <>
            <Whole
              label={t('alarms.threshold')}
              max={Number.MAX_SAFE_INTEGER}
              value={lag.threshold}
              onChange={(threshold) => set({ lag: { ...lag, threshold } })}
            />
            <Whole
              label={t('alarms.forMinutes')}
              max={MOST_MINUTES}
              value={lag.forMinutes}
              onChange={(forMinutes) => set({ lag: { ...lag, forMinutes } })}
            />
          </>
        )}
      </fieldset>
      <fieldset className={styles.group}>
        <legend>{t('alarms.rule.progress')}</legend>
        <CheckField
          label={t('alarms.watchProgress')}
          checked={progress !== undefined}
          onChange={({ target }) => set({ progress: target.checked ? FIRST.progress : undefined })}
        />
        {progress !== undefined && (
          <Whole
            label={t('alarms.forMinutes')}
            max={MOST_MINUTES}
            value={progress.forMinutes}
            onChange={(forMinutes) => set({ progress: { forMinutes } })}
          />
        )}
      </fieldset>
    </>
  );
};

interface WholeProps {
  readonly label: string;
  readonly max: number;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

/** A whole number; what is none, or too large, the browser itself tells when the form is sent. */
const Whole = ({ label, max, value, onChange }: WholeProps) => (
  <TextField
    label={label}
    type="number"
    required
    min={0}
    max={max}
    step={1}
    value={Number.isNaN(value) ? '' : value}
    onChange={({ target }) => onChange(target.valueAsNumber)}
  />
);
