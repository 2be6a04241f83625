import type { AssetEntry } from './entries.ts';

/** Scripts that put no blanks between words: any of their characters may begin one. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;
/** Where a new word begins within letters and digits: "WindSpeed", "wtg00012". */
const INNER = /(?<=\p{Ll})(?=\p{Lu})|(?<=\p{L})(?=\p{N})|(?<=\p{N})(?=\p{L})/gu;
/** More than any name has; a word is at most as long as the longest text. */
const MAX_WORDS = 400;

const fold = (text: string): string => text.normalize('NFKC').toLowerCase();

/** What is asked for, as words that have to begin some word of an asset; none where there is no letter or digit in it. */
export const askedWords = (text: string): string[] => [
  ...new Set([...fold(text).matchAll(WORD)].map(([word]) => word)),
];

/** Every place in a text that a search can begin at, as the rest of its word from there. */
const beginnings = (text: string): string[] => {
  const found: string[] = [];
  for (const [word] of text.normalize('NFKC').matchAll(WORD)) {
    found.push(word);
    for (const { index } of word.matchAll(INNER)) found.push(word.slice(index));
    // "00012" is also looked for as "12".
    const number = /\p{Nd}+$/u.exec(word)?.[0].replace(/^0+(?=.)/, '');
    if (number !== undefined) found.push(number);
    for (let at = 1; at < word.length; at += 1)
      if (UNSPACED.test(word.charAt(at)) && UNSPACED.test(word.charAt(at - 1))) found.push(word.slice(at));
  }
  return found.map(fold);
};

/** How a tag stands among the words: whole, and unlike any word. */
export const tagWord = (key: string, value: string): string => `=${key}=${value}`;

/** What an asset is found by: its id, name and label by the beginnings of their words, its tags by key and value. */
export const searchWords = ({ assetId, name = '', label = '', tags = {} }: AssetEntry): string[] => {
  const words = new Set([assetId, name, label, ...Object.values(tags)].flatMap(beginnings));
  return [...words].slice(0, MAX_WORDS).concat(Object.entries(tags).map(([key, value]) => tagWord(key, value)));
};
