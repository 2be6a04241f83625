import { AppError, type ReleaseForecast } from '@penstock/model';

/** A forecast that is being made. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** Collects what a start would be refused for, so that all of it is told. */
export class Refusals {
  readonly found: ReleaseForecast['refusals'][number][] = [];

  /** What the work gives; undefined where somebody has to decide first, which is noted. Errors: all others. */
  async of<T>(work: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AppError) || error.domain !== 'user') throw error;
      this.note(error);
      return undefined;
    }
  }

  /** The same problem is noted once. */
  note({ code, message }: AppError): void {
    if (!this.found.some((one) => one.code === code && one.message === message)) this.found.push({ code, message });
  }
}
