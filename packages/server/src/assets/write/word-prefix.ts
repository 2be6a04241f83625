/** Stands before each word of a store in the one index of all of them. */
export const wordPrefix = (storeNumber: number): string => `${storeNumber.toString(36)}.`;
