/** What a field's value may be made of as it leaves: visible characters, space, tab and the bytes of other encodings. */
const VALUE = /^[\t -~\x80-\xff]*$/;
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\0-\x08\x0a-\x1f\x7f]/g;
const WIDE = /[^\0-\xff]/;

/** Whether every field can be written as it is. */
export function areWritable(fields: readonly string[]): boolean {
  for (let index = 0; index < fields.length; index += 2)
    if (!VALUE.test(fields[index + 1]!) || !NAME.test(fields[index]!)) return false;
  return true;
}

/**
 * The fields as they may be written. Text leaves as Latin-1, which keeps a character's low byte alone: `Ċ` would become a
 * line feed, and what follows it a field of somebody else's making. So wider characters become their bytes in UTF-8,
 * control characters become spaces, and a field without a proper name goes nowhere.
 */
export function writableFields(fields: readonly string[]): readonly string[] {
  if (areWritable(fields)) return fields;
  const writable: string[] = [];
  for (let index = 0; index < fields.length; index += 2)
    if (NAME.test(fields[index]!)) writable.push(fields[index]!, writableText(fields[index + 1]!));
  return writable;
}

export function writableText(text: string): string {
  const plain = text.replace(CONTROLS, " ");
  return WIDE.test(plain) ? Buffer.from(plain, "utf8").toString("latin1") : plain;
}

/** A path and query as it may be written: what is no visible ASCII is percent-encoded. */
export function writablePath(path: string): string {
  return /^[!-~]+$/.test(path) ? path : path.toWellFormed().replace(/[^!-~]+/g, encodeURIComponent);
}
