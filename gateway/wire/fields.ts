/**
 * Header fields as they came, in order and case: `[name, value, …]`. Looked up by scanning: a request has a dozen of them,
 * and is asked for two or three.
 */
export class Fields {
  readonly raw: readonly string[];

  constructor(raw: readonly string[]) {
    this.raw = raw;
  }

  /** `name` in lower case. Several lines of one name are joined by commas (RFC 9110, 5.3). */
  get(name: string): string | undefined {
    const { raw } = this;
    let value: string | undefined;
    for (let index = 0; index < raw.length; index += 2) {
      if (!isNamed(raw[index]!, name)) continue;
      value = value === undefined ? raw[index + 1]! : `${value}, ${raw[index + 1]!}`;
    }
    return value;
  }

  /** Every line of that name, in order. */
  all(name: string): string[] {
    const values: string[] = [];
    for (let index = 0; index < this.raw.length; index += 2)
      if (isNamed(this.raw[index]!, name)) values.push(this.raw[index + 1]!);
    return values;
  }
}

function isNamed(written: string, lowerName: string): boolean {
  return written.length === lowerName.length && (written === lowerName || written.toLowerCase() === lowerName);
}
