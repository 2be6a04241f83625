/** Texts of the definitions in another language than English, in which they are written. */
export interface Titles {
  readonly operators: Readonly<Record<string, OperatorTitles>>;
  /** Titles of fields, groups, choices and units by their English ones. */
  readonly texts: Readonly<Record<string, string>>;
}

export interface OperatorTitles {
  readonly label: string;
  readonly summary: string;
  /** Found beside the English ones. */
  readonly keywords: readonly string[];
}
