/** Ids as `assetIdSchema` has them: asked before the database is, so that hostile ones never get there. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const ID = /^[^\s,\u0000-\u001f\u007f]{1,128}$/u;

/** Whether a text can be the id of an asset, a model or a tree at all. */
export const isAssetId = (text: string): boolean => ID.test(text) && text.isWellFormed();
