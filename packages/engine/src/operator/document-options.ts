/**
 * What an operator knows of options in documents that its schema does not name: those of older and newer versions of
 * the stage elsewhere, and those that are kept without effect. Everything else is looked at for misspellings.
 */
export interface DocumentOptions {
  /** Name in other versions of the stage, to the name in the schema. Giving both with different values is an error. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Kept without effect and without a word: names, or beginnings of names that end in `*`. */
  readonly kept?: readonly string[];
  /** Kept without effect and told, since somebody may rely on it: by name, what to know about it. */
  readonly ignored?: Readonly<Record<string, string>>;
  /**
   * Options whose default must not stand in for something the document did say: by option, which unknown names say
   * it. Such a name, while the option itself is not given, is an error.
   */
  readonly neverAssumed?: Readonly<Record<string, RegExp>>;
}
