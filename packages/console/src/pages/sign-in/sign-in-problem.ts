import { signInEn } from '../../messages/en/sign-in.ts';

type SignInKey = keyof typeof signInEn;
type ProblemKey = Extract<SignInKey, `signIn.problem.${string}`>;

const known = (key: string): ProblemKey =>
  Object.hasOwn(signInEn, key) ? (key as ProblemKey) : 'signIn.problem.OTHER';

/** The text for a code that came in an address, where anybody can write anything: of ours, or none of it is shown. */
export const problemKey = (code: string): ProblemKey => known(`signIn.problem.${code}`);
