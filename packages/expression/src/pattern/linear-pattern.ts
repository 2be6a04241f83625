import { ExpressionError } from '../expression-error.ts';
import { type CharacterSet, PatternError, type PatternNode, parsePattern, WORD_RANGES } from './pattern-parser.ts';

export { PatternError } from './pattern-parser.ts';

type Instruction =
  | { readonly op: 'set'; readonly set: CharacterSet }
  | { op: 'split'; first: number; second: number }
  | { op: 'jump'; to: number }
  | { readonly op: 'save'; readonly slot: number }
  | { readonly op: 'assert'; readonly at: 'start' | 'end' | 'word-edge' | 'no-word-edge' }
  | { readonly op: 'match' };

const MAX_INSTRUCTIONS = 5000;
/** Steps of one call; some 100 ms. Exceeding it is an error of the record, not a hanging pipeline. */
const MAX_STEPS = 5_000_000;

const contains = (set: CharacterSet, unit: number): boolean => {
  const { ranges } = set;
  for (let i = 0; i < ranges.length; i += 2)
    if (unit >= (ranges[i] as number) && unit <= (ranges[i + 1] as number)) return !set.negated;
  return set.negated;
};

const WORD: CharacterSet = { ranges: WORD_RANGES, negated: false };
const isWordAt = (text: string, at: number): boolean =>
  at >= 0 && at < text.length && contains(WORD, text.charCodeAt(at));

const compileNode = (node: PatternNode, program: Instruction[]): void => {
  if (program.length > MAX_INSTRUCTIONS) throw new PatternError('It is too large: repeat fewer things fewer times.');
  switch (node.kind) {
    case 'set':
      program.push({ op: 'set', set: node.set });
      return;
    case 'assert':
      program.push({ op: 'assert', at: node.at });
      return;
    case 'sequence':
      for (const item of node.items) compileNode(item, program);
      return;
    case 'group':
      program.push({ op: 'save', slot: node.index * 2 });
      compileNode(node.body, program);
      program.push({ op: 'save', slot: node.index * 2 + 1 });
      return;
    case 'choice': {
      const jumps: { op: 'jump'; to: number }[] = [];
      node.options.forEach((option, i) => {
        if (i === node.options.length - 1) {
          compileNode(option, program);
          return;
        }
        const split = { op: 'split' as const, first: program.length + 1, second: 0 };
        const jump = { op: 'jump' as const, to: 0 };
        program.push(split);
        compileNode(option, program);
        program.push(jump);
        jumps.push(jump);
        split.second = program.length;
      });
      for (const jump of jumps) jump.to = program.length;
      return;
    }
    case 'repeat':
      compileRepeat(node, program);
  }
};

const compileRepeat = (node: PatternNode & { kind: 'repeat' }, program: Instruction[]): void => {
  const skip = (): { op: 'split'; first: number; second: number } => {
    const split = { op: 'split' as const, first: program.length + 1, second: program.length + 1 };
    program.push(split);
    return split;
  };
  const leadTo = (split: { first: number; second: number }, to: number): void => {
    if (node.greedy) split.second = to;
    else split.first = to;
  };
  for (let i = 0; i < node.min; i++) compileNode(node.body, program);
  if (node.max === Number.POSITIVE_INFINITY) {
    const start = program.length;
    const split = skip();
    compileNode(node.body, program);
    program.push({ op: 'jump', to: start });
    leadTo(split, program.length);
    return;
  }
  const splits = [];
  for (let i = node.min; i < node.max; i++) {
    splits.push(skip());
    compileNode(node.body, program);
  }
  for (const split of splits) leadTo(split, program.length);
};

/** Start and end of the match and of each group; -1 where a group took no part. */
type Slots = readonly number[];

/**
 * A regular expression that runs in time linear in the text, whatever the pattern (Pike's simulation of Thompson's
 * automaton): users write these patterns and a backtracking matcher could hang a pipeline on one record.
 */
export class LinearPattern {
  readonly #program: readonly Instruction[];
  readonly #slots: number;
  readonly #groups: number;
  readonly #seen: Int32Array;
  #generation = 0;
  #steps = 0;

  private constructor(program: readonly Instruction[], groups: number) {
    this.#program = program;
    this.#groups = groups;
    this.#slots = (groups + 1) * 2;
    this.#seen = new Int32Array(program.length);
  }

  /** Throws `PatternError`. */
  static compile(text: string): LinearPattern {
    const { root, groups } = parsePattern(text);
    const program: Instruction[] = [{ op: 'save', slot: 0 }];
    compileNode(root, program);
    program.push({ op: 'save', slot: 1 }, { op: 'match' });
    return new LinearPattern(program, groups);
  }

  matchesWhole(text: string): boolean {
    this.#steps = 0;
    return this.#run(text, 0, true) !== undefined;
  }

  /** The text of a group of the first match; undefined where nothing matches or the group took no part. */
  capture(text: string, group: number): string | undefined {
    if (group < 0 || group > this.#groups) throw new ExpressionError(`The regular expression has no group ${group}.`);
    this.#steps = 0;
    const slots = this.#run(text, 0, false);
    const start = slots?.[group * 2] ?? -1;
    return start < 0 ? undefined : text.slice(start, slots?.[group * 2 + 1]);
  }

  replaceAll(text: string, replacement: string): string {
    this.#steps = 0;
    let result = '';
    let copied = 0;
    for (let at = 0; at <= text.length; ) {
      const slots = this.#run(text, at, false);
      if (slots === undefined) break;
      const start = slots[0] as number;
      const end = slots[1] as number;
      result += text.slice(copied, start) + this.#expand(replacement, text, slots);
      if (result.length > 2 ** 26) throw new ExpressionError('The result is too long a text.');
      copied = end;
      at = end === start ? end + 1 : end;
    }
    return result + text.slice(copied);
  }

  #expand(replacement: string, text: string, slots: Slots): string {
    return replacement.replace(/\\(.)|\$(\d)/gs, (whole, escaped: string | undefined, digit: string | undefined) => {
      if (escaped !== undefined) return escaped;
      const group = Number(digit);
      if (group > this.#groups) return whole;
      const start = slots[group * 2] as number;
      return start < 0 ? '' : text.slice(start, slots[group * 2 + 1]);
    });
  }

  /** Leftmost match from `from` on with Perl's preferences among those that begin there. */
  #run(text: string, from: number, whole: boolean): Slots | undefined {
    let threads: { at: number; slots: Slots }[] = [];
    let matched: Slots | undefined;
    const none: Slots = new Array<number>(this.#slots).fill(-1);
    for (let position = from; position <= text.length; position++) {
      const generation = this.#nextGeneration();
      const current: { at: number; slots: Slots }[] = [];
      for (const thread of threads) this.#follow(thread.at, thread.slots, text, position, generation, current);
      if (matched === undefined && (!whole || position === from))
        this.#follow(0, none, text, position, generation, current);
      if (current.length === 0 && (matched !== undefined || whole)) break;
      const unit = position < text.length ? text.charCodeAt(position) : -1;
      threads = [];
      for (const { at, slots } of current) {
        this.#count();
        const instruction = this.#program[at] as Instruction;
        if (instruction.op === 'match') {
          if (whole && position < text.length) continue;
          matched = slots;
          break;
        }
        if (instruction.op === 'set' && unit >= 0 && contains(instruction.set, unit))
          threads.push({ at: at + 1, slots });
      }
    }
    return matched;
  }

  /** Follows everything that takes no character, in order of preference, down to sets and matches. */
  #follow(
    start: number,
    startSlots: Slots,
    text: string,
    position: number,
    generation: number,
    into: { at: number; slots: Slots }[],
  ): void {
    const stack: { at: number; slots: Slots }[] = [{ at: start, slots: startSlots }];
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const { at, slots } = top;
      if (this.#seen[at] === generation) continue;
      this.#seen[at] = generation;
      this.#count();
      const instruction = this.#program[at] as Instruction;
      if (instruction.op === 'jump') stack.push({ at: instruction.to, slots });
      else if (instruction.op === 'split')
        stack.push({ at: instruction.second, slots }, { at: instruction.first, slots });
      else if (instruction.op === 'save') {
        const saved = slots.slice();
        saved[instruction.slot] = position;
        stack.push({ at: at + 1, slots: saved });
      } else if (instruction.op === 'assert') {
        if (this.#holds(instruction.at, text, position)) stack.push({ at: at + 1, slots });
      } else into.push(top);
    }
  }

  #holds(assertion: 'start' | 'end' | 'word-edge' | 'no-word-edge', text: string, position: number): boolean {
    if (assertion === 'start') return position === 0;
    if (assertion === 'end') return position === text.length;
    const isEdge = isWordAt(text, position - 1) !== isWordAt(text, position);
    return isEdge === (assertion === 'word-edge');
  }

  #nextGeneration(): number {
    if (this.#generation === 0x7fffffff) {
      this.#seen.fill(0);
      this.#generation = 0;
    }
    return ++this.#generation;
  }

  #count(): void {
    if (++this.#steps > MAX_STEPS)
      throw new ExpressionError('The regular expression needs too many steps on a text of this length.');
  }
}
