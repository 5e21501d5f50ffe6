/** The first cookie of that name in a `Cookie` field (RFC 6265, 4.2.1). */
export function readCookie(field: string, name: string): string | undefined {
  for (const pair of field.split(";")) {
    const [before, value] = partsOf(pair);
    if (before === name) return value.replace(/^"(.*)"$/, "$1");
  }
  return undefined;
}

/** The field without every cookie of that name; the others stay in their order. */
export function withoutCookie(field: string, name: string): string {
  return field
    .split(";")
    .filter((pair) => partsOf(pair)[0] !== name)
    .map((pair) => pair.trim())
    .join("; ");
}

function partsOf(pair: string): [name: string, value: string] {
  const at = pair.indexOf("=");
  return at < 0 ? [pair.trim(), ""] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
}
