import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, indentWithTab } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import { json, jsonParseLinter } from '@codemirror/lang-json';
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { linter } from '@codemirror/lint';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';

export type CodeLanguage = 'expression' | 'javascript' | 'json' | 'python';

interface KnownFunction {
  readonly name: string;
  readonly signature: string;
  readonly summary: string;
}

interface CodeEditorOptions {
  readonly label: string;
  readonly language: CodeLanguage;
  readonly isReadOnly: boolean;
  readonly onChange: (text: string) => void;
}

const isScript = (language: CodeLanguage): boolean => language === 'javascript' || language === 'python';

/** Colours come from the page's own tokens, which reach into the editor's root. */
const theme = EditorView.theme({
  '&': { color: 'var(--text)', backgroundColor: 'var(--surface)', fontSize: 'var(--size-small)', height: '100%' },
  '.cm-content': { fontFamily: 'var(--mono)', caretColor: 'var(--text)' },
  '.cm-gutters': { color: 'var(--text-quiet)', backgroundColor: 'var(--surface-sunken)', border: '0' },
  '&.cm-focused': { outline: '2px solid var(--focus)' },
  '.cm-tooltip': { color: 'var(--text)', backgroundColor: 'var(--surface-raised)', border: '1px solid var(--line)' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { color: 'var(--text)', backgroundColor: 'var(--selected)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
});

const highlight = HighlightStyle.define([
  { tag: [tags.keyword, tags.bool, tags.null, tags.operatorKeyword], color: 'var(--accent)' },
  { tag: [tags.string, tags.regexp], color: 'var(--good)' },
  { tag: tags.number, color: 'var(--warn)' },
  { tag: tags.comment, color: 'var(--text-quiet)', fontStyle: 'italic' },
  { tag: tags.invalid, color: 'var(--bad)' },
]);

/**
 * CodeMirror in a shadow root: there its styles are adopted style sheets, which the page's policy allows; in the page
 * itself they would be an inline element, which it does not. Undo is the document's own.
 */
export class CodeEditor {
  readonly #view: EditorView;
  #functions: readonly KnownFunction[] = [];
  #words: readonly string[] = [];
  #isShowing = false;

  constructor(host: HTMLElement, { label, language, isReadOnly, onChange }: CodeEditorOptions) {
    const root = host.shadowRoot ?? host.attachShadow({ mode: 'open', delegatesFocus: true });
    const extensions: Extension[] = [
      theme,
      syntaxHighlighting(highlight),
      bracketMatching(),
      closeBrackets(),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
      EditorState.readOnly.of(isReadOnly),
      EditorView.editable.of(!isReadOnly),
      autocompletion({ override: language === 'expression' ? [(context) => this.#completions(context)] : null }),
      // Tab goes on to the next field, but in scripts, where Escape lets it.
      keymap.of([...completionKeymap, ...defaultKeymap, ...(isScript(language) ? [indentWithTab] : [])]),
      EditorView.updateListener.of((update) => {
        if (update.docChanged && !this.#isShowing) onChange(update.state.doc.toString());
      }),
      ...(language === 'expression' ? [] : [lineNumbers()]),
      ...(language === 'javascript' ? [javascript()] : []),
      // Without colours: their grammar would be more to load than the rest of the editor's languages together.
      ...(language === 'python' ? [indentUnit.of('    ')] : []),
      ...(language === 'json' ? [json(), linter(jsonParseLinter())] : []),
    ];
    this.#view = new EditorView({ parent: root, root, state: EditorState.create({ doc: '', extensions }) });
  }

  /** Shows a text that was not typed here. */
  show(text: string): void {
    const { doc } = this.#view.state;
    if (doc.toString() === text) return;
    this.#isShowing = true;
    this.#view.dispatch({ changes: { from: 0, to: doc.length, insert: text } });
    this.#isShowing = false;
  }

  complete(functions: readonly KnownFunction[], words: readonly string[]): void {
    this.#functions = functions;
    this.#words = words;
  }

  destroy(): void {
    this.#view.destroy();
  }

  #completions(context: CompletionContext): CompletionResult | null {
    const word = context.matchBefore(/[\w:/.]+/);
    if (word === null && !context.explicit) return null;
    const options: Completion[] = [
      ...this.#functions.map(({ name, signature, summary }) => ({
        label: name,
        detail: signature,
        info: summary,
        type: 'function',
      })),
      ...this.#words.map((label) => ({ label, type: 'constant' })),
    ];
    return { from: word?.from ?? context.pos, options, validFor: /^[\w:/.]*$/ };
  }
}
