const DAY_MS = 86_400_000;

/** Which dead letters are shown, and which of them is looked at; it stands in the address. */
export interface LetterFilters {
  readonly pipelineId?: string;
  readonly stage?: string;
  readonly code?: string;
  /** Beginning of a day (UTC), Unix ms. */
  readonly day?: number;
  /** The letter that is looked at: `partition-offset`. */
  readonly letter?: string;
}

/** The id of a letter: `partition-offset`. */
const LETTER_ID = /^\d{1,9}-\d{1,16}$/;

/** The letter that is to be tried out, from an address. */
export const readLetter = ({ letter }: Readonly<Record<string, unknown>>): { readonly letter?: string } =>
  typeof letter === 'string' && LETTER_ID.test(letter) ? { letter } : {};

const textOf = (value: unknown): string | undefined =>
  (typeof value === 'string' || typeof value === 'number') && String(value) !== '' ? String(value) : undefined;

/** From an address; what is not one of them is left out. */
export const readLetterFilters = (search: Readonly<Record<string, unknown>>): LetterFilters => {
  const [pipelineId, stage, code, letter] = [search.pipelineId, search.stage, search.code, search.letter].map(textOf);
  const { day } = search;
  return {
    ...(pipelineId === undefined ? {} : { pipelineId }),
    ...(stage === undefined ? {} : { stage }),
    ...(code === undefined ? {} : { code }),
    ...(typeof day === 'number' && Number.isSafeInteger(day) && day >= 0 ? { day } : {}),
    ...(letter === undefined || !LETTER_ID.test(letter) ? {} : { letter }),
  };
};

/** As the API takes them. */
export const queryOfLetterFilters = ({ pipelineId, stage, code, day }: LetterFilters) => ({
  ...(pipelineId === undefined ? {} : { pipelineId }),
  ...(stage === undefined ? {} : { stage }),
  ...(code === undefined ? {} : { code }),
  ...(day === undefined ? {} : { since: day, until: day + DAY_MS }),
});

/** Whether these show all there are. */
export const showsAll = (filters: LetterFilters): boolean => Object.keys(queryOfLetterFilters(filters)).length === 0;
