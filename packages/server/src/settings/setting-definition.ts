import { type TSchema, Type } from 'typebox';

export interface SettingDefinition {
  /** Environment variable; it wins over the configuration file. */
  readonly env: string;
  /** Key in the configuration file. */
  readonly key: string;
  readonly schema: TSchema;
  readonly fallback?: string | number | boolean;
  readonly about: string;
  /** What a value must look like, for the error. */
  readonly expects: string;
}

export const text = (pattern?: string) => Type.String({ minLength: 1, ...(pattern === undefined ? {} : { pattern }) });
export const whole = (minimum: number, maximum: number) => ({
  schema: Type.Integer({ minimum, maximum }),
  expects: `a whole number from ${minimum} to ${maximum}`,
});
export const flag = { schema: Type.Boolean(), expects: 'true or false' };
export const anyText = { schema: text(), expects: 'a text' };
