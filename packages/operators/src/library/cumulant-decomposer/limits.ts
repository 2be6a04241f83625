import type { AssetFacts, JsonValue } from '@penstock/model';
import { isOfModel, parsePointReference } from '../../shared/points/point-reference.ts';

/** Of what two readings lead to: how much the change may be in an hour, and what it is multiplied by. */
export interface Limits {
  readonly scale: number;
  /** Per hour, both allowed. */
  readonly minSlope: number;
  /** Infinity: no limit. */
  readonly maxSlope: number;
}

/** A number, or the attribute of the asset that holds it. */
export type Term = { readonly value: number } | { readonly modelId: string; readonly attributeId: string };

const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

const numberOf = (text: string): number | undefined => {
  const number = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
};

/** `modelId::attributeId`, or what is wrong with it as a text. */
export const parseAttribute = (text: string): Exclude<Term, { value: number }> | string => {
  const parsed = parsePointReference(text);
  return parsed === undefined
    ? `"${text}" is no attribute. Write the model's id, two colons and the attribute's id: turbine::ratio.`
    : { modelId: parsed.modelId, attributeId: parsed.pointId };
};

/** A number greater than 0, or what is wrong with it as a text. */
export const parseScale = (text: string): number | string => {
  const scale = numberOf(text);
  return scale === undefined || scale <= 0 ? `"${text}" is no scale. Write a number greater than 0.` : scale;
};

/** `[min,max]`, with or without brackets: 0 <= min < max; or what is wrong with it as a text. */
export const parseSlopes = (text: string): readonly [min: number, max: number] | string => {
  const parts = text
    .trim()
    .replace(/^\[(.*)\]$/, '$1')
    .split(',');
  const [min, max] = parts.map(numberOf);
  if (parts.length !== 2 || min === undefined || max === undefined)
    return `"${text}" is not two numbers. Write the least and the greatest slope per hour, as in [0,100000].`;
  if (min < 0) return `The least slope in "${text}" is less than 0: a cumulative reading only grows.`;
  return min < max ? [min, max] : `The least slope in "${text}" is not less than the greatest.`;
};

/** The number that an asset has for an attribute; undefined where it is of another model, or has no number greater than 0. */
export const attributeNumber = (
  asset: AssetFacts | undefined,
  { modelId, attributeId }: Exclude<Term, { value: number }>,
): number | undefined => {
  if (asset === undefined || !isOfModel(asset, modelId) || !Object.hasOwn(asset.attributes, attributeId))
    return undefined;
  const value: JsonValue | undefined = asset.attributes[attributeId];
  const number = typeof value === 'string' ? numberOf(value) : value;
  return typeof number === 'number' && number > 0 ? number : undefined;
};
