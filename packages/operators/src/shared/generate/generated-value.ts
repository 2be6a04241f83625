import type { Issue, JsonValue } from '@penstock/model';
import type { TEnum, TInteger, TString } from 'typebox';
import { choiceField, textField, wholeNumberField } from '../config/fields.ts';
import { optionIssue } from '../config/option-issue.ts';
import { chanceOf } from './chance.ts';

/** For what and when a value is made; the same occasion has the same value, however often it is worked off. */
export interface Occasion {
  readonly assetId: string;
  readonly pointId: string;
  /** Time of the trigger, Unix ms. */
  readonly at: number;
  /** How many triggers came before it. */
  readonly number: number;
  /** Tells triggers of the same time apart. */
  readonly trigger: string;
}

export interface ValueConfig {
  readonly valueGenerator: 'RANDOM_DOUBLE' | 'FIXED_INCREMENTAL' | 'RANDOM_IN_RANGE' | 'SYSTEM_TIME' | 'INPUT_STRING';
  readonly beginningNumber: string;
  readonly fixedIncremental: string;
  readonly minMaxRange: string;
  readonly decimalScale: number;
  readonly input: string;
  readonly dataType: 'STRING' | 'INTEGER' | 'DOUBLE' | 'BOOLEAN';
}

interface ValueFields {
  valueGenerator: TEnum<ValueConfig['valueGenerator'][]>;
  beginningNumber: TString;
  fixedIncremental: TString;
  minMaxRange: TString;
  decimalScale: TInteger;
  input: TString;
  dataType: TEnum<ValueConfig['dataType'][]>;
}

/** Fields of the form, in the tab `group`. */
export const valueFields = (group: string): ValueFields => {
  const only = (value: ValueConfig['valueGenerator']) => ({
    group,
    dependsOn: { field: 'valueGenerator', values: [value] },
  });
  return {
    valueGenerator: choiceField(
      {
        RANDOM_DOUBLE: 'Random Number (Double)',
        FIXED_INCREMENTAL: 'Fixed Incremental as Value',
        RANDOM_IN_RANGE: 'Random Number in Range',
        SYSTEM_TIME: 'Current System Time',
        INPUT_STRING: 'Input String as Value',
      },
      {
        title: 'Value Generator',
        description:
          'What the value is. Random numbers follow from asset, point and trigger, so that work that is repeated after a crash gives the same; the system time is that of the trigger, in Unix ms.',
        default: 'RANDOM_DOUBLE',
        group,
      },
    ),
    beginningNumber: textField({
      title: 'Beginning Number',
      description: 'The value of the first trigger.',
      default: '0',
      maxLength: 30,
      ...only('FIXED_INCREMENTAL'),
    }),
    fixedIncremental: textField({
      title: 'Fixed Incremental',
      description: 'What each further trigger adds to it.',
      default: '1',
      maxLength: 30,
      ...only('FIXED_INCREMENTAL'),
    }),
    minMaxRange: textField({
      title: 'MinMax Range',
      description: 'The least and the greatest value, separated by a comma.',
      default: '0,100',
      maxLength: 60,
      ...only('RANDOM_IN_RANGE'),
    }),
    decimalScale: wholeNumberField({
      title: 'Decimal Scale',
      description: 'Digits behind the decimal point.',
      default: 2,
      minimum: 0,
      maximum: 10,
      ...only('RANDOM_IN_RANGE'),
    }),
    input: textField({
      title: 'Input',
      description: 'The value, always the same.',
      default: '',
      ...only('INPUT_STRING'),
    }),
    dataType: choiceField(
      { STRING: 'String', INTEGER: 'Integer', DOUBLE: 'Double', BOOLEAN: 'Boolean' },
      { title: 'Data Type', description: 'As what the input is written.', default: 'STRING', ...only('INPUT_STRING') },
    ),
  };
};

/** Issues of the fields that the chosen generator uses. */
export const checkValue = (config: ValueConfig): Issue[] => {
  const wanted = (name: keyof ValueConfig, isRight: boolean, message: string): Issue[] =>
    isRight ? [] : [optionIssue(`/${name}`, message)];
  switch (config.valueGenerator) {
    case 'FIXED_INCREMENTAL':
      return (['beginningNumber', 'fixedIncremental'] as const).flatMap((name) =>
        wanted(name, decimalOf(config[name]) !== undefined, `"${config[name]}" is not a decimal number such as 12.5.`),
      );
    case 'RANDOM_IN_RANGE':
      return wanted(
        'minMaxRange',
        rangeOf(config.minMaxRange) !== undefined,
        `"${config.minMaxRange}" is not a range. Write the least and the greatest value: 0,100.`,
      );
    case 'INPUT_STRING':
      return wanted('input', inputOf(config) !== undefined, `"${config.input}" is not of the data type chosen.`);
    default:
      return [];
  }
};

/** For a configuration that has been checked. */
export const valueMaker = (config: ValueConfig, seed: string): ((occasion: Occasion) => JsonValue) => {
  const chance = ({ assetId, pointId, at, trigger }: Occasion): number =>
    chanceOf(JSON.stringify([seed, assetId, pointId, at, trigger]));
  switch (config.valueGenerator) {
    case 'RANDOM_DOUBLE':
      return chance;
    case 'SYSTEM_TIME':
      return ({ at }) => at;
    case 'RANDOM_IN_RANGE': {
      const [least, greatest] = rangeOf(config.minMaxRange) ?? [0, 0];
      return (occasion) => {
        const drawn = Number((least + chance(occasion) * (greatest - least)).toFixed(config.decimalScale));
        return Math.min(greatest, Math.max(least, drawn));
      };
    }
    case 'FIXED_INCREMENTAL':
      return incremental(config);
    case 'INPUT_STRING': {
      const value = inputOf(config) ?? null;
      return () => value;
    }
  }
};

/** In whole units of the last digit, so that ten times 0.1 is 1. */
const incremental = ({ beginningNumber, fixedIncremental }: ValueConfig): ((occasion: Occasion) => number) => {
  const numbers = [beginningNumber, fixedIncremental].map((text) => decimalOf(text) ?? { digits: 0n, scale: 0 });
  const scale = Math.max(...numbers.map((one) => one.scale));
  const [first = 0n, step = 0n] = numbers.map((one) => one.digits * 10n ** BigInt(scale - one.scale));
  return ({ number }) => Number(`${first + step * BigInt(number)}e-${scale}`);
};

interface Decimal {
  readonly digits: bigint;
  /** Digits behind the point. */
  readonly scale: number;
}

const decimalOf = (text: string): Decimal | undefined => {
  const [, sign = '', whole = '', fraction = ''] = /^\s*([+-]?)(\d{1,15})(?:\.(\d{1,10}))?\s*$/.exec(text) ?? [];
  if (whole === '') return undefined;
  const digits = BigInt(whole + fraction);
  return { digits: sign === '-' ? -digits : digits, scale: fraction.length };
};

const rangeOf = (text: string): readonly [number, number] | undefined => {
  const parts = text.split(',').map((part) => (decimalOf(part) === undefined ? Number.NaN : Number(part)));
  const [least = Number.NaN, greatest = Number.NaN] = parts;
  return parts.length === 2 && least <= greatest ? [least, greatest] : undefined;
};

/** Undefined: the text is not of that type. */
const inputOf = ({ input, dataType }: ValueConfig): JsonValue | undefined => {
  const text = input.trim();
  switch (dataType) {
    case 'STRING':
      return input;
    case 'BOOLEAN':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'INTEGER': {
      const whole = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
      return Number.isSafeInteger(whole) ? whole : undefined;
    }
    case 'DOUBLE': {
      const number = text === '' ? Number.NaN : Number(text);
      return Number.isFinite(number) ? number : undefined;
    }
  }
};
