import { Type } from 'typebox';
import {
  allCodes,
  type CodeText,
  codeText,
  TEXT_LANGUAGES,
  type TextLanguage,
} from '../../../texts/codes-in-language.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { pageOfArray } from '../../plugins/cursor.ts';
import { ApiError } from '../../plugins/error-handler.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { bearer, nullable, pageOf, pageQuery, responses, text } from '../../plugins/schemas.ts';

const base = { tags: ['Design'], security: bearer };

const codeSchema = nameSchema(
  'Code',
  Type.Object({
    code: text('Stable; never renamed or used for anything else'),
    kind: Type.Unsafe<CodeText['kind']>({
      type: 'string',
      enum: ['error', 'issue', 'record', 'event', 'reason'],
      description: 'What it is met as: an answer, an issue, the error of a record, an event, the reason of a state.',
    }),
    meaning: Type.String(),
    remedy: nullable(text('What to do; null: nothing has to be done')),
  }),
);
const languageQuery = {
  language: Type.Optional(
    Type.Unsafe<TextLanguage>({ type: 'string', enum: [...TEXT_LANGUAGES], description: 'English where not given.' }),
  ),
};

/** Codes of answers, issues, events and records, with what they mean in either language. */
export const registerCodeRoutes = (app: ApiInstance): void => {
  void app.get(
    '/codes',
    {
      config: { permission: 'anyone' },
      schema: {
        ...base,
        summary: 'Every code that may be met, with what it means and what to do',
        querystring: Type.Object({ ...pageQuery.properties, ...languageQuery }),
        response: responses({ 200: pageOf(codeSchema) }),
      },
    },
    async (request) => {
      const { language = 'en' } = request.query;
      return pageOfArray(
        allCodes().map(([code, known]) => shown(code, known, language)),
        request.query,
      );
    },
  );
  void app.get(
    '/codes/:code',
    {
      config: { permission: 'anyone' },
      schema: {
        ...base,
        summary: 'One code',
        params: Type.Object({ code: Type.String({ maxLength: 100 }) }),
        querystring: Type.Object(languageQuery),
        response: responses({ 200: codeSchema }),
      },
    },
    async (request) => {
      const { code } = request.params;
      const known = codeText(code);
      if (known === undefined) throw new ApiError(404, 'CODE_UNKNOWN', 'There is no such code.');
      return shown(code, known, request.query.language ?? 'en');
    },
  );
};

const shown = (code: string, known: CodeText, language: TextLanguage) => {
  const { meaning, remedy = null } = known[language];
  return { code, kind: known.kind, meaning, remedy };
};
