/** A generator writes whole files that people don't edit; `npm run gen` runs all of them, `gen:check` compares. */
export interface Generator {
  /** What its files are, as people are told. */
  readonly what: string;
  /** Texts by path relative to the root of the project. */
  make(): Promise<ReadonlyMap<string, string>>;
  /** Folder, relative to the root, that holds its files and nothing else; files that are no longer made are removed. */
  readonly folder?: string;
}
