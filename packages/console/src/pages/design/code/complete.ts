export type CodeLanguage = 'expression' | 'javascript' | 'json' | 'python';

export interface KnownFunction {
  readonly name: string;
  readonly signature: string;
  readonly summary: string;
  /** How many things it wants to know. */
  readonly parameters: number;
}

/** What can be completed in an expression or a script. */
export interface Known {
  readonly functions: readonly KnownFunction[];
  /** Fields of records, as expressions write them: `/attr/tag`. */
  readonly fields: readonly string[];
  /** Points, `modelId::pointId`. */
  readonly points: readonly string[];
  /** Names that scripts find, as the operator's reference gives them: `output.write(record)`. */
  readonly names: readonly string[];
}

export interface Offer {
  readonly label: string;
  readonly kind: 'function' | 'property' | 'constant';
  readonly detail?: string;
  readonly info?: string;
  /** What is put in, where that is not the label; the cursor goes in front of the last `back` characters of it. */
  readonly insert?: string;
  readonly back?: number;
}

export interface Offers {
  /** Where what is replaced begins. */
  readonly from: number;
  readonly offers: readonly Offer[];
}

/** Inside of `${…}` at a place of an expression, and inside of which quote; where what is in the quote begins. */
const placeIn = (text: string, at: number): { readonly isInside: boolean; readonly quoteAt: number | undefined } => {
  let isInside = false;
  let quote = '';
  let quoteAt: number | undefined;
  for (let index = 0; index < at; index++) {
    const letter = text.charAt(index);
    if (quote !== '') {
      if (letter === '\\') index += 1;
      else if (letter === quote) {
        quote = '';
        quoteAt = undefined;
      }
    } else if (!isInside) isInside = text.startsWith('${', index);
    else if (letter === '}') isInside = false;
    else if (letter === "'" || letter === '"') {
      quote = letter;
      quoteAt = index + 1;
    }
  }
  return { isInside, quoteAt };
};

const property = (label: string): Offer => ({ label, kind: 'property' });
const constant = (label: string): Offer => ({ label, kind: 'constant' });

/** A point is compared by its id alone; whoever writes the whole of it finds that too. */
const pointTexts = (points: readonly string[]): readonly Offer[] => {
  const ids = points.flatMap((point) => point.split('::').slice(1));
  return [...new Set([...ids, ...points])].map(constant);
};

const call = ({ name, signature, summary, parameters }: KnownFunction, isInside: boolean): Offer => {
  const open = isInside ? '' : '${';
  const close = isInside ? ')' : ')}';
  return {
    label: name,
    kind: 'function',
    detail: signature,
    info: summary,
    insert: `${open}${name}(${close}`,
    // Behind the call where there is nothing to be filled in.
    back: parameters === 0 ? 0 : close.length,
  };
};

const inExpression = (text: string, at: number, known: Known): Offers | undefined => {
  const { isInside, quoteAt } = placeIn(text, at);
  if (quoteAt !== undefined) {
    const isField = text.charAt(quoteAt) === '/' || quoteAt === at;
    const fields = isField ? known.fields.map(property) : [];
    return { from: quoteAt, offers: [...fields, ...(text.charAt(quoteAt) === '/' ? [] : pointTexts(known.points))] };
  }
  const word = /[A-Za-z][\w:]*$/.exec(text.slice(0, at))?.[0] ?? '';
  return { from: at - word.length, offers: known.functions.map((each) => call(each, isInside)) };
};

/** Top-level fields of a record. */
const topLevel = (fields: readonly string[]): readonly string[] => [
  ...new Set(fields.map((path) => path.split('/')[1] ?? '').filter((name) => name !== '')),
];

/** Those that can stand behind a dot. */
const members = (fields: readonly string[]): readonly Offer[] =>
  topLevel(fields)
    .filter((name) => /^[A-Za-z_$][\w$]*$/.test(name))
    .map(property);

const named = (name: string): Offer => {
  const [label = name] = name.split('(');
  return name.includes('(')
    ? {
        label,
        kind: 'function',
        detail: name.slice(label.length),
        insert: `${label}()`,
        back: name.endsWith('()') ? 0 : 1,
      }
    : { label, kind: 'constant' };
};

const inScript = (language: 'javascript' | 'python', text: string, at: number, known: Known): Offers | undefined => {
  const before = text.slice(0, at);
  const ofKey = /\.value\[(['"])((?:(?!\1)[^\\\n])*)$/.exec(before)?.[2];
  if (ofKey !== undefined) return { from: at - ofKey.length, offers: topLevel(known.fields).map(property) };
  const ofValue = /\.value\.([\w$]*)$/.exec(before)?.[1];
  // In Python a record's value is a dict, which has no fields behind a dot.
  if (ofValue !== undefined) {
    return language === 'python' ? undefined : { from: at - ofValue.length, offers: members(known.fields) };
  }
  const inQuote = /(['"])((?:(?!\1)[^\\\n])*)$/.exec(before.slice(before.lastIndexOf('\n') + 1));
  const quotes = before.slice(before.lastIndexOf('\n') + 1).match(/['"]/g)?.length ?? 0;
  if (inQuote !== null && quotes % 2 === 1) {
    const typed = inQuote[2] ?? '';
    return { from: at - typed.length, offers: [...known.fields.map(property), ...pointTexts(known.points)] };
  }
  const word = /[A-Za-z_$][\w$.]*$/.exec(before)?.[0] ?? '';
  return { from: at - word.length, offers: known.names.map(named) };
};

/** What can be put in at a place of a text; undefined where nothing is known of the language. */
export const completionsAt = (language: CodeLanguage, text: string, at: number, known: Known): Offers | undefined => {
  if (language === 'expression') return inExpression(text, at, known);
  return language === 'json' ? undefined : inScript(language, text, at, known);
};

/** Names of objects and functions in the reference of an operator: what stands between backticks and looks like one. */
export const namesIn = (description: string): readonly string[] => {
  const spans = [...description.matchAll(/`([^`\n]+)`/g)].map(([, span]) => span ?? '');
  const isName = (span: string): boolean =>
    /^[a-z][\w$]*(\.[A-Za-z_$][\w$]*)*(\([\w$, …]*\))?$/.test(span) && (/[.(]/.test(span) || /^[a-z]+s?$/.test(span));
  return [...new Set(spans.filter(isName))];
};
