/**
 * A number in [0, 1) that follows from a text alone: two FNV-1a hashes over its UTF-16 units, each mixed once more (the
 * finalizer of MurmurHash3), of which 53 bits count.
 */
export const chanceOf = (text: string): number => {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x01000193);
  }
  return ((mixed(high) >>> 5) * 2 ** 26 + (mixed(low) >>> 6)) / 2 ** 53;
};

const mixed = (hash: number): number => {
  const once = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return twice ^ (twice >>> 16);
};
