import { Type } from 'typebox';
import { acceptedLanguage, explainCode, type TextLanguage } from '../../texts/codes-in-language.ts';
import type { ApiInstance } from './api-instance.ts';
import { nameSchema } from './named-schemas.ts';

/** What a code says in the language of `Accept-Language`, where that is not English. */
export const explanationSchema = nameSchema(
  'Explanation',
  Type.Object(
    { meaning: Type.String(), remedy: Type.Optional(Type.String({ description: 'Absent: nothing has to be done.' })) },
    { description: 'What the code says in the language that Accept-Language asks for; absent in English.' },
  ),
);

/** Where answers have codes: in themselves (problems), and in lists under these names. */
const LISTS = ['issues', 'items', 'events', 'results', 'pipelines'] as const;
const MAX_DEPTH = 3;

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** An answer with what its codes say beside them. Pure; what has no codes is the same object. */
export const explained = (answer: unknown, language: TextLanguage, depth = 0): unknown => {
  if (!isFields(answer) || depth >= MAX_DEPTH) return answer;
  const { code, message } = answer;
  const explanation = typeof code === 'string' && typeof message === 'string' ? explainCode(code, language) : undefined;
  const lists = LISTS.flatMap((name) => {
    const list = answer[name];
    return Array.isArray(list) ? [[name, list.map((one) => explained(one, language, depth + 1))] as const] : [];
  });
  if (explanation === undefined && lists.length === 0) return answer;
  return { ...answer, ...Object.fromEntries(lists), ...(explanation === undefined ? {} : { explanation }) };
};

/** Has the answers of a scope explain issues, events and problems in the caller's language. */
export const explainCodes = (scope: ApiInstance): void => {
  scope.addHook('preSerialization', async (request, reply, payload) => {
    const language = acceptedLanguage(request.headers['accept-language']);
    if (language === undefined || language === 'en') return payload;
    void reply.header('vary', 'accept-language');
    return explained(payload, language);
  });
};
