/** A mistake of the one who starts the gateway: each line is printed as it is, and the process ends with status 2. */
export class UsageError extends Error {
  readonly lines: readonly string[];

  constructor(lines: string | readonly string[]) {
    const all = typeof lines === "string" ? [lines] : lines;
    super(all.join("\n"));
    this.lines = all;
  }
}
