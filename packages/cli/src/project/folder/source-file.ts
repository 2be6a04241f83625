import { readFileSync } from 'node:fs';
import type { JsonValue } from '@penstock/model';
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { FileIssueError } from './file-issue.ts';

/** A YAML or JSON file of a project, and where in it each of its values stands. */
export class SourceFile {
  /** As it is shown to people: relative to where they called. */
  readonly name: string;
  readonly value: JsonValue;
  readonly #document: Document;
  readonly #lines: LineCounter;

  /**
   * Reads a file; what ends in `.json` must be JSON, everything else is YAML 1.2, of which JSON is a part. Errors:
   * `FileIssueError` with the line of what cannot be read.
   */
  constructor(path: string, name: string) {
    this.name = name;
    this.#lines = new LineCounter();
    const text = read(path, name);
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, schema: 'core' });
    const json = path.endsWith('.json') ? parseJson(text) : undefined;
    const [error] = this.#document.errors;
    if (json !== undefined && 'value' in json) this.value = json.value;
    else if (error !== undefined || json !== undefined) {
      const message = error?.message ?? json?.message ?? 'It cannot be read.';
      throw new FileIssueError([
        { file: name, ...this.#at(error?.pos[0]), pointer: '', message: `not readable: ${message}` },
      ]);
    } else this.value = toJson(this.#document, name);
  }

  /** The line and column, from 1, of the value a JSON Pointer names; of what holds it where there is none. */
  place(pointer: string): { readonly line?: number; readonly column?: number } {
    let node: unknown = this.#document.contents;
    let offset = offsetOf(node);
    for (const segment of segmentsOf(pointer)) {
      if (isAlias(node)) node = node.resolve(this.#document);
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === segment);
        if (pair === undefined) break;
        offset = offsetOf(pair.key) ?? offset;
        node = pair.value;
      } else if (isSeq(node)) {
        node = node.items[Number(segment)];
        offset = offsetOf(node) ?? offset;
      } else break;
    }
    return this.#at(offset);
  }

  #at(offset: number | undefined): { readonly line?: number; readonly column?: number } {
    if (offset === undefined) return {};
    const { line, col } = this.#lines.linePos(offset);
    return line === 0 ? {} : { line, column: col };
  }
}

const offsetOf = (node: unknown): number | undefined => (node as Node | null | undefined)?.range?.[0];

const segmentsOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));

const read = (path: string, name: string): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new FileIssueError([{ file: name, pointer: '', message: `not readable: ${message}` }]);
  }
};

const parseJson = (text: string): { readonly value: JsonValue } | { readonly message: string } => {
  try {
    return { value: JSON.parse(text) as JsonValue };
  } catch (error) {
    return { message: error instanceof Error ? error.message : String(error) };
  }
};

/** Aliases that name each other many times over make a small file large; a hundred of them are plenty. */
const MAX_ALIASES = 100;

const toJson = (document: Document, name: string): JsonValue => {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES }) as JsonValue;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new FileIssueError([{ file: name, pointer: '', message: `not readable: ${message}` }]);
  }
};
