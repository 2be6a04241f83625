import { hasErrors, type Issue, pointer } from '@penstock/model';
import { Compile } from 'typebox/compile';
import { OPERATOR_CODES } from '../codes.ts';
import { operators } from '../generated/operators.ts';
import { syntaxProblem } from '../library/javascript/syntax-check.ts';
import { operatorNames } from '../shared/operator-names.ts';
import { checkOptions, forbiddenIn } from './check-options.ts';
import { RESERVED_CODES, RESERVED_REASONS } from './own-definition.ts';
import { packageSchema } from './package-schema.ts';
import type { LibraryPackage, OwnOperator } from './package-types.ts';

const validator = Compile(packageSchema);
const isPackage = (value: unknown): value is LibraryPackage => validator.Check(value);

/** Names that are, or look like, those of libraries that are not an organisation's own. */
const RESERVED_LIBRARY = /^(base|own|penstock|enos|streamsets)(-|$)/;

export type CheckedPackage =
  | { readonly issues: readonly Issue[]; readonly library?: never }
  | { readonly issues: readonly Issue[]; readonly library: LibraryPackage };

/**
 * Whether a value is the package of a library: everything that is wrong with it, with JSON Pointers into it. Nothing of
 * its code is run; `runPackageCases` does that.
 */
export const checkPackage = (value: unknown): CheckedPackage => {
  const forbidden = forbiddenIn(value);
  if (forbidden !== undefined) return { issues: [forbidden] };
  if (!isPackage(value)) return { issues: schemaIssues(value) };
  const issues = [...nameIssues(value), ...value.operators.flatMap(operatorIssues)];
  return hasErrors(issues) ? { issues } : { issues, library: value };
};

const issueAt = (path: string, message: string): Issue => ({
  code: 'LIBRARY_NOT_VALID',
  severity: 'error',
  path,
  message,
});

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message: string;
}

const schemaIssues = (value: unknown): Issue[] => {
  const issues = new Map<string, Issue>();
  for (const error of validator.Errors(value)) {
    const { keyword, instancePath, params, message } = error as unknown as SchemaError;
    // What a closed object does not name is told where it stands, not again of the object.
    if (keyword === 'additionalProperties') continue;
    const missing = keyword === 'required' ? params.requiredProperties : undefined;
    const said =
      keyword === 'boolean'
        ? 'This is not known here.'
        : Array.isArray(missing)
          ? `${missing.map((name) => `"${name}"`).join(', ')} must be given.`
          : `This ${message}.`;
    if (!issues.has(instancePath)) issues.set(instancePath, issueAt(instancePath, said));
  }
  return [...issues.values()];
};

const nameIssues = ({ name, operators: own }: LibraryPackage): Issue[] => {
  const issues: Issue[] = [];
  if (RESERVED_LIBRARY.test(name))
    issues.push(issueAt('/name', `"${name}" would look like a library of Penstock's. Give it a name of your own.`));
  const known = new Set(operators.map(({ id }) => id));
  const seen = new Set<string>();
  for (const [index, operator] of own.entries()) {
    const { id } = operatorNames('processor', operator.name);
    const at = pointer('operators', index, 'name');
    if (known.has(id))
      issues.push(issueAt(at, `Penstock has an operator "${operator.name}". Give this one another name.`));
    if (seen.has(id)) issues.push(issueAt(at, `The library has an operator "${operator.name}" already.`));
    seen.add(id);
  }
  return issues;
};

const operatorIssues = (operator: OwnOperator, index: number): Issue[] => {
  const at = pointer('operators', index);
  const issues = checkOptions(operator).map((issue) => ({ ...issue, path: at + issue.path }));
  const tell = (path: string, message: string): void => void issues.push(issueAt(at + path, message));
  const problem = syntaxProblem(operator.code);
  if (problem !== undefined)
    issues.push({ ...issueAt(`${at}/code`, `The code cannot be read. ${problem.message}`), at: problem.at });
  const codes = (operator.errors ?? []).map(({ code }) => code);
  for (const [each, code] of codes.entries()) {
    if (RESERVED_CODES.has(code) || Object.hasOwn(OPERATOR_CODES, code))
      tell(`/errors/${each}/code`, `${code} is a code of Penstock's own. Give this error another.`);
    if (codes.indexOf(code) < each) tell(`/errors/${each}/code`, `${code} is declared already.`);
  }
  const reasons = (operator.drops ?? []).map(({ reason }) => reason);
  for (const [each, reason] of reasons.entries()) {
    if (RESERVED_REASONS.has(reason))
      tell(`/drops/${each}/reason`, `"${reason}" is a reason of Penstock's own. Give this drop another.`);
    if (reasons.indexOf(reason) < each) tell(`/drops/${each}/reason`, `"${reason}" is declared already.`);
  }
  if (!operator.cases.some(({ shown }) => shown === true))
    tell('/cases', 'One case at least is "shown": it is the example that people see with the operator.');
  return issues;
};
