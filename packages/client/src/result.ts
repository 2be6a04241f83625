import { problemOf } from './errors.ts';

/** The body of a successful answer; throws `PenstockError` for any other. */
export const resultOf = async <T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<Exclude<T, undefined>> => {
  const { data, error, response } = await call;
  if (error !== undefined || !response.ok) throw problemOf(response.status, error);
  return data as Exclude<T, undefined>;
};
