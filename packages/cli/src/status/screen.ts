import type { Output } from '../output.ts';

/** A terminal's second screen, redrawn in place without flicker; the first one comes back when it is closed. */
export class Screen {
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
    output.write('\u001b[?1049h\u001b[?25l');
  }

  /** Shows these lines; each line and what is left below is cleared as it is written. */
  draw(lines: readonly string[]): void {
    this.#output.write(`\u001b[H${lines.map((line) => `${line}\u001b[K`).join('\r\n')}\u001b[J`);
  }

  close(): void {
    this.#output.write('\u001b[?25h\u001b[?1049l');
  }
}
