/**
 * Names as they are compared: `access_token`, `Access-Token` and `accessToken` are one. What is neither letter nor digit is
 * a gap, so that a name within a text is found by the same rule as a name that stands alone.
 */
export function plainName(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[_-]/g, "")
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** Names written within names: `user[password]`, `user.password`. */
export function segmentsOf(name: string): string[] {
  return [name, ...name.split(/[[\].]/).filter((segment) => segment !== "")];
}

/** Escapes within escapes; what is deeper was made to be hidden. */
const ROUNDS = 4;

/** Whether a text names one of them, however it is escaped: by JSON's `\u0070`, by percent, or by one within the other. */
export function mentions(text: string, plainNames: ReadonlySet<string>): boolean {
  let written = text;
  for (let round = 0; round < ROUNDS; round += 1) {
    const padded = ` ${plainName(written)} `;
    for (const name of plainNames) if (name === "" || padded.includes(` ${name} `)) return true;
    const next = unescaped(written);
    if (next === written) return false;
    written = next;
  }
  return false;
}

/** Each level of a text within a text doubles the backslashes before an escape, so any number of them is one. */
function unescaped(text: string): string {
  return text
    .replaceAll(/\\+/g, "\\")
    .replaceAll(
      /\\u([0-9a-f]{4})|%([0-9a-f]{2})|\\[bfnrt]/gi,
      (_whole, unit: string | undefined, byte: string | undefined) => {
        const code = unit ?? byte;
        return code === undefined ? " " : String.fromCharCode(Number.parseInt(code, 16));
      },
    );
}
