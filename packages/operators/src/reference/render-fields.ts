/** A field of a configuration schema, as far as the reference shows it. */
export interface ReferenceField {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, ReferenceField>>;
  readonly items?: ReferenceField;
  readonly ui?: {
    readonly unit?: string;
    readonly group?: string;
    readonly options?: Readonly<Record<string, string>>;
    readonly dependsOn?: { readonly field: string; readonly values: readonly (string | boolean)[] };
  };
}

const code = (text: string): string => `\`${text}\``;

/** `|` ends a cell of a Markdown table, a line break the row. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const typeOf = (field: ReferenceField): string => {
  if (field.enum !== undefined) return field.enum.map(code).join(', ');
  if (field.type === 'array') return field.items?.properties === undefined ? 'list' : 'table';
  const range =
    field.minimum === undefined || field.maximum === undefined ? '' : `, ${field.minimum} to ${field.maximum}`;
  const unit = field.ui?.unit === undefined ? '' : ` ${field.ui.unit}`;
  const names: Readonly<Record<string, string>> = { string: 'text', integer: 'whole number' };
  return `${names[field.type ?? ''] ?? field.type ?? 'any'}${range}${unit}`;
};

const defaultOf = (field: ReferenceField): string => {
  if (field.default === undefined) return 'required';
  return code(typeof field.default === 'string' ? `"${field.default}"` : JSON.stringify(field.default));
};

const meaningOf = (field: ReferenceField): string => {
  const dependsOn = field.ui?.dependsOn;
  const only =
    dependsOn === undefined
      ? ''
      : ` Only with ${code(dependsOn.field)} = ${dependsOn.values.map(String).map(code).join(', ')}.`;
  const titles = Object.entries(field.ui?.options ?? {}).filter(([value, title]) => value !== title);
  const values =
    titles.length === 0 ? '' : ` ${titles.map(([value, title]) => `${code(value)}: ${title}`).join('; ')}.`;
  return `**${field.title ?? ''}.** ${field.description ?? ''}${values}${only}`;
};

/** A table of fields, columns of tables indented under their table. */
export const renderFields = (fields: Readonly<Record<string, ReferenceField>>): string[] => {
  const rows = (of: Readonly<Record<string, ReferenceField>>, prefix: string): string[] =>
    Object.entries(of).flatMap(([name, field]) => [
      `| ${[code(prefix + name), typeOf(field), defaultOf(field), meaningOf(field)].map(cell).join(' | ')} |`,
      ...rows(field.items?.properties ?? {}, `${prefix}${name}[].`),
    ]);
  return ['| name | type | default | meaning |', '| --- | --- | --- | --- |', ...rows(fields, '')];
};
