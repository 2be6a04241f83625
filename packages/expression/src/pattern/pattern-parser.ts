/** What is wrong with a regular expression. */
export class PatternError extends Error {}

/** Ranges of UTF-16 units, `[from, to, from, to, …]`, both ends included. */
export interface CharacterSet {
  readonly ranges: readonly number[];
  readonly negated: boolean;
}

export type PatternNode =
  | { readonly kind: 'set'; readonly set: CharacterSet }
  | { readonly kind: 'assert'; readonly at: 'start' | 'end' | 'word-edge' | 'no-word-edge' }
  | { readonly kind: 'sequence'; readonly items: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly options: readonly PatternNode[] }
  | { readonly kind: 'group'; readonly index: number; readonly body: PatternNode }
  | {
      readonly kind: 'repeat';
      readonly body: PatternNode;
      readonly min: number;
      /** Infinity where there is no limit. */
      readonly max: number;
      readonly greedy: boolean;
    };

const MAX_PATTERN_LENGTH = 1000;
const MAX_NESTING = 50;

const unit = (character: string): number => character.charCodeAt(0);
const DIGIT = [unit('0'), unit('9')];
export const WORD_RANGES: readonly number[] = [
  ...DIGIT,
  unit('A'),
  unit('Z'),
  unit('_'),
  unit('_'),
  unit('a'),
  unit('z'),
];
const SPACE = [9, 13, 32, 32, 0xa0, 0xa0];
const CLASSES: Readonly<Record<string, readonly number[]>> = { d: DIGIT, w: WORD_RANGES, s: SPACE };
const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, '0': 0 };
const LINE_ENDS = [10, 10, 13, 13];

const complement = (ranges: readonly number[]): number[] => {
  const pairs: [number, number][] = [];
  for (let i = 0; i < ranges.length; i += 2) pairs.push([ranges[i] as number, ranges[i + 1] as number]);
  pairs.sort((a, b) => a[0] - b[0]);
  const result: number[] = [];
  let next = 0;
  for (const [from, to] of pairs) {
    if (from > next) result.push(next, from - 1);
    next = Math.max(next, to + 1);
  }
  if (next <= 0xffff) result.push(next, 0xffff);
  return result;
};

/** Distance from a capital letter of ASCII to its small one. */
const CASE = 32;

/** The ranges, and the other case of each letter of ASCII in them. */
const bothCases = (ranges: readonly number[]): number[] => {
  const result = [...ranges];
  for (let i = 0; i < ranges.length; i += 2)
    for (const [first, last, distance] of [
      [unit('A'), unit('Z'), CASE],
      [unit('a'), unit('z'), -CASE],
    ] as const) {
      const from = Math.max(ranges[i] as number, first);
      const to = Math.min(ranges[i + 1] as number, last);
      if (from <= to) result.push(from + distance, to + distance);
    }
  return result;
};

class PatternParser {
  readonly #text: string;
  #at = 0;
  #nesting = 0;
  /** `(?i)`: letters of ASCII stand for both cases, as in Java. */
  #ignoresCase = false;
  /** `(?s)`: a dot stands for line ends, too. */
  #dotTakesAll = false;
  groups = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): PatternNode {
    const node = this.#choice();
    if (this.#at < this.#text.length) throw new PatternError(`")" at ${this.#at} has no "(".`);
    return node;
  }

  #choice(): PatternNode {
    if (++this.#nesting > MAX_NESTING) throw new PatternError(`Groups are nested more than ${MAX_NESTING} deep.`);
    // Flags set inside a group end with it.
    const [ignoresCase, dotTakesAll] = [this.#ignoresCase, this.#dotTakesAll];
    const options = [this.#sequence()];
    while (this.#takes('|')) options.push(this.#sequence());
    this.#nesting--;
    [this.#ignoresCase, this.#dotTakesAll] = [ignoresCase, dotTakesAll];
    return options.length === 1 ? (options[0] as PatternNode) : { kind: 'choice', options };
  }

  #sequence(): PatternNode {
    const items: PatternNode[] = [];
    while (this.#at < this.#text.length && this.#text[this.#at] !== '|' && this.#text[this.#at] !== ')')
      items.push(this.#repeated());
    return { kind: 'sequence', items };
  }

  #repeated(): PatternNode {
    let node = this.#single();
    for (;;) {
      const start = this.#at;
      let min: number;
      let max: number;
      if (this.#takes('*')) [min, max] = [0, Number.POSITIVE_INFINITY];
      else if (this.#takes('+')) [min, max] = [1, Number.POSITIVE_INFINITY];
      else if (this.#takes('?')) [min, max] = [0, 1];
      else {
        const bounds = /\{(\d{1,4})(,(\d{0,4}))?\}/y;
        bounds.lastIndex = this.#at;
        const found = bounds.exec(this.#text);
        if (found === null) return node;
        this.#at += found[0].length;
        min = Number(found[1]);
        max = found[2] === undefined ? min : found[3] === '' ? Number.POSITIVE_INFINITY : Number(found[3]);
        if (min > 1000 || (max > 1000 && max !== Number.POSITIVE_INFINITY))
          throw new PatternError(`The count at ${start} is above 1000.`);
        if (max < min) throw new PatternError(`The counts at ${start} are in the wrong order.`);
      }
      if (node.kind === 'assert') throw new PatternError(`At ${start} there is nothing to repeat.`);
      if (node.kind === 'repeat') throw new PatternError(`At ${start} a repetition is repeated: use a group.`);
      node = { kind: 'repeat', body: node, min, max, greedy: !this.#takes('?') };
    }
  }

  #single(): PatternNode {
    const start = this.#at;
    const character = this.#text[this.#at++] as string;
    switch (character) {
      case '(':
        return this.#group(start);
      case '[':
        return this.#set(start);
      case '.':
        return { kind: 'set', set: { ranges: this.#dotTakesAll ? [] : LINE_ENDS, negated: true } };
      case '^':
        return { kind: 'assert', at: 'start' };
      case '$':
        return { kind: 'assert', at: 'end' };
      case '*':
      case '+':
      case '?':
        throw new PatternError(`"${character}" at ${start} has nothing to repeat.`);
      case '\\':
        return this.#escape(start);
      default:
        return this.#folded([unit(character), unit(character)], false);
    }
  }

  #group(start: number): PatternNode {
    let index = -1;
    if (this.#takes('?')) {
      if (this.#flags()) return { kind: 'sequence', items: [] };
      if (!this.#takes(':'))
        throw new PatternError(
          `"(?" at ${start}: only (?:…), (?i) and (?s) are supported; look-around does not run in linear time.`,
        );
    } else index = ++this.groups;
    const body = this.#choice();
    if (!this.#takes(')')) throw new PatternError(`"(" at ${start} is not closed.`);
    return index < 0 ? body : { kind: 'group', index, body };
  }

  /** Takes `i)`, `s)` or both of `(?i)`; they hold for the rest of the group around them. */
  #flags(): boolean {
    const flags = /[is]{1,2}\)/y;
    flags.lastIndex = this.#at;
    const found = flags.exec(this.#text)?.[0];
    if (found === undefined) return false;
    this.#at += found.length;
    if (found.includes('i')) this.#ignoresCase = true;
    if (found.includes('s')) this.#dotTakesAll = true;
    return true;
  }

  #folded(ranges: readonly number[], negated: boolean): PatternNode {
    return { kind: 'set', set: { ranges: this.#ignoresCase ? bothCases(ranges) : ranges, negated } };
  }

  #escape(start: number): PatternNode {
    const character = this.#text[this.#at++];
    if (character === undefined) throw new PatternError(`"\\" at ${start} ends the expression.`);
    if (character === 'b') return { kind: 'assert', at: 'word-edge' };
    if (character === 'B') return { kind: 'assert', at: 'no-word-edge' };
    return this.#folded(this.#escapedRanges(character, start), false);
  }

  #escapedRanges(character: string, start: number): readonly number[] {
    const named = CLASSES[character];
    if (named !== undefined) return named;
    const negated = CLASSES[character.toLowerCase()];
    if (negated !== undefined) return complement(negated);
    if (character === 'u') {
      const hex = this.#text.slice(this.#at, this.#at + 4);
      if (!/^[0-9a-fA-F]{4}$/.test(hex)) throw new PatternError(`"\\u" at ${start} needs four hexadecimal digits.`);
      this.#at += 4;
      return [Number.parseInt(hex, 16), Number.parseInt(hex, 16)];
    }
    const control = CONTROLS[character];
    if (control !== undefined) return [control, control];
    if (/[A-Za-z1-9]/.test(character))
      throw new PatternError(
        `"\\${character}" at ${start} is not supported${/\d/.test(character) ? ': back-references do not run in linear time' : ''}.`,
      );
    return [unit(character), unit(character)];
  }

  #set(start: number): PatternNode {
    const negated = this.#takes('^');
    const ranges: number[] = [];
    for (let first = true; ; first = false) {
      const character = this.#text[this.#at++];
      if (character === undefined) throw new PatternError(`"[" at ${start} is not closed.`);
      if (character === ']' && !first) return this.#folded(ranges, negated);
      const from =
        character === '\\'
          ? this.#escapedRanges(this.#text[this.#at++] ?? '', this.#at - 2)
          : [unit(character), unit(character)];
      const isSingle = from.length === 2 && from[0] === from[1];
      if (
        isSingle &&
        this.#text[this.#at] === '-' &&
        this.#text[this.#at + 1] !== ']' &&
        this.#at + 1 < this.#text.length
      ) {
        this.#at++;
        const last = this.#text[this.#at++] as string;
        const to =
          last === '\\' ? this.#escapedRanges(this.#text[this.#at++] ?? '', this.#at - 2) : [unit(last), unit(last)];
        if (to.length !== 2 || to[0] !== to[1] || (to[0] as number) < (from[0] as number))
          throw new PatternError(`The range before ${this.#at} is not valid.`);
        ranges.push(from[0] as number, to[0] as number);
      } else ranges.push(...from);
    }
  }

  #takes(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }
}

/** Parses a regular expression: Java's and JavaScript's common part without back-references and look-around. */
export const parsePattern = (text: string): { readonly root: PatternNode; readonly groups: number } => {
  if (text.length > MAX_PATTERN_LENGTH) throw new PatternError(`It is longer than ${MAX_PATTERN_LENGTH} characters.`);
  const parser = new PatternParser(text);
  const root = parser.whole();
  return { root, groups: parser.groups };
};
