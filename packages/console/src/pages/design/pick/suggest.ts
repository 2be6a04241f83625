import type { Suggestion } from './combobox.tsx';

/** What fields of stages name, and can be picked. */
const KINDS = ['topic', 'connection', 'asset', 'model', 'point'] as const;
export type ReferenceKind = (typeof KINDS)[number];

export const isReference = (kind: string): kind is ReferenceKind => KINDS.some((each) => each === kind);

/** So many are offered at once; of more, those that are typed towards. */
export const MAX_OFFERED = 100;

/** Between a model and its point. */
export const POINT_SIGN = '::';

const has = (text: string, query: string): boolean => text.toLowerCase().includes(query.toLowerCase());

/** Suggestions whose value or hint has what was typed. A value that is whole already leaves all to choose from. */
export const matching = (suggestions: readonly Suggestion[], typed: string): readonly Suggestion[] =>
  suggestions.some(({ value }) => value === typed)
    ? suggestions
    : suggestions.filter(({ value, hint = '' }) => has(value, typed) || has(hint, typed));

interface KnownModel {
  readonly modelId: string;
  readonly name: string;
}
interface KnownPoint {
  readonly pointId: string;
  readonly name?: string;
  readonly unit?: string;
}

/** The model that a reference to a point begins with; undefined while that is still typed. */
export const modelInPoint = (typed: string): string | undefined => {
  const at = typed.indexOf(POINT_SIGN);
  return at < 0 ? undefined : typed.slice(0, at);
};

const join = (...parts: readonly (string | undefined)[]): string => parts.filter(Boolean).join(' · ');
const hinted = (value: string, hint: string): Suggestion => (hint === '' ? { value } : { value, hint });

export interface PointSources {
  readonly models: readonly KnownModel[];
  /** Of the model that was typed; undefined where it is not known. */
  readonly points: readonly KnownPoint[] | undefined;
  /** Points that the document names already. */
  readonly own: readonly string[];
}

/** Behind a model's name only what follows it is looked for: `WindTurbine::power` finds `WindTurbine::WGEN.ActivePower`. */
const matchingPoints = (
  all: readonly Suggestion[],
  typed: string,
  model: string | undefined,
): readonly Suggestion[] => {
  if (model === undefined || all.some(({ value }) => value === typed)) return matching(all, typed);
  const start = model.length + POINT_SIGN.length;
  const asked = typed.slice(start);
  return all.filter(({ value, hint = '' }) => has(value.slice(start), asked) || has(hint, asked));
};

/** First the models, then the points of the one that was chosen; and those that the document has already. */
export const suggestPoints = (typed: string, { models, points, own }: PointSources): readonly Suggestion[] => {
  const model = modelInPoint(typed);
  const ofModel =
    model === undefined
      ? models.map(({ modelId, name }) => hinted(`${modelId}${POINT_SIGN}`, name === modelId ? '' : name))
      : (points ?? []).map(({ pointId, name, unit }) =>
          hinted(`${model}${POINT_SIGN}${pointId}`, join(name === pointId ? undefined : name, unit)),
        );
  const known = new Set(ofModel.map(({ value }) => value));
  const others = own.filter((point) => !known.has(point) && point !== typed).map((value) => ({ value }));
  return [...matchingPoints(ofModel, typed, model), ...others.filter(({ value }) => has(value, typed))];
};
