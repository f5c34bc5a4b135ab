/** Why no graph could be made of what was given: which file, where in it, and what was expected. */
export class SourceError extends Error {
  override readonly name = "SourceError";
  /** A file's name, or an address. */
  readonly file: string;

  constructor(file: string, message: string, options?: ErrorOptions) {
    super(`${file}: ${message}`, options);
    this.file = file;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
