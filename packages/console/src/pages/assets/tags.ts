/** Tags as options name them. */
export const tagsOf = (tags: Readonly<Record<string, string>>): string =>
  Object.entries(tags)
    .map(([key, value]) => `${key}::${value}`)
    .join(', ');
