import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, indentWithTab } from '@codemirror/commands';
import { javascript, javascriptLanguage } from '@codemirror/lang-javascript';
import { json, jsonParseLinter } from '@codemirror/lang-json';
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, linter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { type CodeLanguage, completionsAt, type Known, type Offer } from './complete.ts';

/** Something that is wrong in a text, in UTF-16 units. */
export interface Mark {
  readonly offset: number;
  readonly length: number;
  readonly message: string;
}

interface CodeEditorOptions {
  readonly label: string;
  readonly language: CodeLanguage;
  readonly isReadOnly: boolean;
  readonly onChange: (text: string) => void;
  readonly onBlur?: () => void;
}

const isScript = (language: CodeLanguage): boolean => language === 'javascript' || language === 'python';

const NOTHING: Known = { functions: [], fields: [], points: [], names: [] };

/** Colours come from the page's own tokens, which reach into the editor's root. */
const theme = EditorView.theme({
  '&': { color: 'var(--text)', backgroundColor: 'var(--surface)', fontSize: 'var(--size-small)', height: '100%' },
  '.cm-content': { fontFamily: 'var(--mono)', caretColor: 'var(--text)' },
  '.cm-gutters': { color: 'var(--text-quiet)', backgroundColor: 'var(--surface-sunken)', border: '0' },
  '&.cm-focused': { outline: '2px solid var(--focus)' },
  '.cm-tooltip': { color: 'var(--text)', backgroundColor: 'var(--surface-raised)', border: '1px solid var(--line)' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { color: 'var(--text)', backgroundColor: 'var(--selected)' },
  // Lines in place of the library's pictures, which are in the style sheet itself: the page's policy allows no such.
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--bad)' },
  '.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline wavy var(--warn)' },
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
  #known = NOTHING;
  #isShowing = false;

  constructor(host: HTMLElement, { label, language, isReadOnly, onChange, onBlur }: CodeEditorOptions) {
    const root = host.shadowRoot ?? host.attachShadow({ mode: 'open', delegatesFocus: true });
    const complete = (context: CompletionContext): CompletionResult | null => this.#complete(language, context);
    const extensions: Extension[] = [
      theme,
      syntaxHighlighting(highlight),
      bracketMatching(),
      closeBrackets(),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
      EditorState.readOnly.of(isReadOnly),
      EditorView.editable.of(!isReadOnly),
      // In JavaScript beside what the language itself knows.
      autocompletion({ override: language === 'javascript' || language === 'json' ? null : [complete] }),
      ...(language === 'javascript' ? [javascriptLanguage.data.of({ autocomplete: complete })] : []),
      EditorView.domEventHandlers({ blur: () => onBlur?.() }),
      // Tab goes on to the next field, but in scripts, where Escape lets it. Mod+Enter is the page's own.
      keymap.of([
        { key: 'Mod-Enter', run: () => true },
        ...completionKeymap,
        ...lintKeymap,
        ...defaultKeymap,
        ...(isScript(language) ? [indentWithTab] : []),
      ]),
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

  /** What is completed from now on. */
  complete(known: Known): void {
    this.#known = known;
  }

  /** Shows what is wrong, where it is. Of a text that has changed since, as near as that can be told. */
  mark(marks: readonly Mark[]): void {
    const end = this.#view.state.doc.length;
    const diagnostics = marks.map(({ offset, length, message }): Diagnostic => {
      const from = Math.min(offset, end);
      return { from, to: Math.min(from + length, end), severity: 'error', message };
    });
    this.#view.dispatch(setDiagnostics(this.#view.state, diagnostics));
  }

  /** Puts the cursor there, and chooses what is wrong. */
  go({ offset, length }: Pick<Mark, 'offset' | 'length'>): void {
    const end = this.#view.state.doc.length;
    const anchor = Math.min(offset, end);
    this.#view.dispatch({ selection: { anchor, head: Math.min(anchor + length, end) }, scrollIntoView: true });
    this.#view.focus();
  }

  destroy(): void {
    this.#view.destroy();
  }

  #complete(language: CodeLanguage, context: CompletionContext): CompletionResult | null {
    const found = completionsAt(language, context.state.doc.toString(), context.pos, this.#known);
    // Nothing was typed yet: the list comes when it is asked for, or with what a quote or a dot begins.
    const typed = found === undefined ? '' : context.state.sliceDoc(found.from, context.pos);
    const before = found === undefined ? '' : context.state.sliceDoc(Math.max(0, found.from - 1), found.from);
    const isBegun = typed !== '' || /^['".]$/.test(before);
    if (found === undefined || found.offers.length === 0 || !(context.explicit || isBegun)) return null;
    return { from: found.from, options: found.offers.map(completionOf), validFor: /^[\w:/.$]*$/ };
  }
}

const completionOf = ({ label, kind, detail, info, insert, back = 0 }: Offer): Completion => ({
  label,
  type: kind,
  ...(detail === undefined ? {} : { detail }),
  ...(info === undefined ? {} : { info }),
  ...(insert === undefined
    ? {}
    : {
        apply: (view: EditorView, _completion: Completion, from: number, to: number) =>
          view.dispatch({
            changes: { from, to, insert },
            selection: { anchor: from + insert.length - back },
            userEvent: 'input.complete',
          }),
      }),
});
