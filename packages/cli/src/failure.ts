/** Exit codes of the command; part of its interface. */
export const ExitCode = {
  Ok: 0,
  /** The service refused or failed, or a checked document has errors. */
  Failed: 1,
  /** The command line or the settings are wrong. */
  Usage: 2,
  /** Nobody answers at the address. */
  Unreachable: 3,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Ends the command with a message on stderr and an exit code. */
export class CommandFailure extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.name = 'CommandFailure';
    this.exitCode = exitCode;
  }
}

export const usageFailure = (message: string): CommandFailure => new CommandFailure(ExitCode.Usage, message);
