import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';

const index = Type.Integer({ minimum: -1 });

const header = Type.Object({
  s: Type.Optional(Type.Array(index)),
  n: Type.Optional(Type.Array(Type.Integer({ minimum: 0 }))),
  e: Type.Optional(
    Type.Array(
      Type.Tuple([index, Type.Enum(['SCRIPT_ERROR', 'SCRIPT_OUTPUT_NOT_VALID']), Type.String(), Type.Unknown()]),
    ),
  ),
  l: Type.Optional(Type.Array(Type.Tuple([Type.Enum(['info', 'warning', 'error']), Type.String()]), { maxItems: 20 })),
  t: Type.Optional(Type.String()),
  f: Type.Optional(
    Type.Object({
      code: Type.Enum(['SCRIPT_FAILED', 'SCRIPT_MEMORY_LIMIT', 'SCRIPT_OUTPUT_TOO_LARGE']),
      message: Type.String(),
      line: Type.Optional(Type.Integer()),
      column: Type.Optional(Type.Integer()),
    }),
  ),
});

/** What Python says of a run, as `prelude-run.ts` tells it. */
export type PythonHeader = Static<typeof header>;

const checked = Compile(header);

/** The header of a run over `count` records; undefined where the text is none: a script can change what writes it. */
export const readHeader = (text: string, count: number): PythonHeader | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!checked.Check(value)) return undefined;
  const { s = [], n = [], e = [] } = value;
  const isKnown = (at: number): boolean => at < count;
  return s.every(isKnown) && n.every(isKnown) && e.every(([at]) => isKnown(at)) ? value : undefined;
};
