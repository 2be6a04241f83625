/** What of the assets is shown; it stands in the address. */
export interface AssetFilters {
  readonly text?: string;
  readonly model?: string;
  readonly tree?: string;
}

/** From an address; what is not one of them is left out. */
export const readAssetFilters = ({ text, model, tree }: Readonly<Record<string, unknown>>): AssetFilters => {
  const given = Object.entries({ text, model, tree }).flatMap(([name, value]) =>
    (typeof value === 'string' || typeof value === 'number') && String(value) !== '' ? [[name, String(value)]] : [],
  );
  return Object.fromEntries(given);
};
