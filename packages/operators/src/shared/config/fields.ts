import Type, {
  type TArray,
  type TBoolean,
  type TEnum,
  type TInteger,
  type TObject,
  type TProperties,
  type TString,
} from 'typebox';

/** How a form shows a field. In the schema under the one keyword `ui`; it has no meaning for validation. */
export interface FieldUi {
  /** Widget, where the type alone does not say: code editors, point pickers, tables. */
  readonly control?:
    | 'point'
    | 'expression'
    | 'code'
    | 'text-area'
    | 'table'
    | 'key-values'
    | 'topic'
    | 'connection'
    | 'field-names'
    /** Column of a table whose rows are the outputs of the stage: the lane of each. */
    | 'lane';
  /** Tab of the stage's configuration. */
  readonly group?: string;
  /** Place within the tab; fields without come in the order of the schema. */
  readonly order?: number;
  /** Shown only when advanced options are. */
  readonly advanced?: boolean;
  /** Shown only while another field of the same object has one of these values. */
  readonly dependsOn?: { readonly field: string; readonly values: readonly (string | boolean)[] };
  /** Unit of a number, for people: `minutes`, `ms`, `bytes`. */
  readonly unit?: string;
  /** Titles of the values of a choice. */
  readonly options?: Readonly<Record<string, string>>;
  /** Never shown, logged or exported in clear. */
  readonly secret?: boolean;
  /** Of a table: what its last row always has. New rows go before it. */
  readonly lastRow?: Readonly<Record<string, string>>;
  /** Language of a code editor. */
  readonly language?: 'javascript' | 'json' | 'python';
}

interface FieldText {
  readonly title: string;
  /** What it does, with its unit; Markdown. */
  readonly description: string;
}

/** `ui` only where there is something to say, so that the schema stays small. */
const presentation = (ui: FieldUi): { ui?: FieldUi } => (Object.keys(ui).length === 0 ? {} : { ui });

type TextOptions = FieldText & FieldUi & { default?: string; minLength?: number; maxLength?: number };

/** A text; required unless it has a default. */
export const textField = (options: TextOptions): TString => {
  const { title, description, default: otherwise, minLength, maxLength = 1000, ...ui } = options;
  return Type.String({
    title,
    description,
    maxLength,
    ...(otherwise === undefined ? {} : { default: otherwise }),
    ...(minLength === undefined ? {} : { minLength }),
    ...presentation(ui),
  });
};

/** One of several values, each with a title for people. */
export const choiceField = <const V extends string>(
  options: Readonly<Record<V, string>>,
  settings: FieldText & Omit<FieldUi, 'options'> & { default: NoInfer<V> },
): TEnum<V[]> => {
  const { title, description, default: otherwise, ...ui } = settings;
  return Type.Enum(Object.keys(options) as V[], {
    type: 'string',
    title,
    description,
    default: otherwise,
    ui: { ...ui, options },
  });
};

export const wholeNumberField = (
  options: FieldText & FieldUi & { default: number; minimum: number; maximum: number },
): TInteger => {
  const { title, description, default: otherwise, minimum, maximum, ...ui } = options;
  return Type.Integer({ title, description, default: otherwise, minimum, maximum, ...presentation(ui) });
};

export const switchField = (options: FieldText & FieldUi & { default: boolean }): TBoolean => {
  const { title, description, default: otherwise, ...ui } = options;
  return Type.Boolean({ title, description, default: otherwise, ...presentation(ui) });
};

/** Points of the largest installations, with room; a document of that size is some 10 MB. */
const MAX_ROWS = 100_000;

/** A table: a list of rows with the same fields. Required to have a row unless `minItems` is 0. */
export const tableField = <P extends TProperties>(
  columns: P,
  options: FieldText & FieldUi & { minItems?: number },
): TArray<TObject<P>> => {
  const { title, description, minItems = 1, ...ui } = options;
  return Type.Array(Type.Object(columns), {
    title,
    description,
    minItems,
    maxItems: MAX_ROWS,
    ...(minItems === 0 ? { default: [] } : {}),
    ui: { control: 'table', ...ui },
  });
};

/** Names of top-level record fields. */
export const fieldNamesField = (options: FieldText & FieldUi & { default: string[] }): TArray<TString> => {
  const { title, description, default: otherwise, ...ui } = options;
  return Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
    title,
    description,
    default: otherwise,
    maxItems: 10,
    ui: { control: 'field-names', ...ui },
  });
};
