/** Small lists as text, one entry a line: headers as `Name: value`, targets as `url` or `url weight`. */

export function headerLines(headers: Record<string, string> | undefined): string {
  return Object.entries(headers ?? {})
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");
}

/** A line without a colon is a header with an empty value: the server says what it thinks of the name. */
export function readHeaders(text: string): Record<string, string> {
  return Object.fromEntries(
    linesOf(text).map((line) => {
      const colon = line.indexOf(":");
      return colon === -1 ? [line, ""] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    }),
  );
}

export function readNames(text: string): string[] {
  return text
    .split(/[\n,]/)
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

export function targetLines(targets: { url: string; weight: number }[]): string {
  return targets.map(({ url, weight }) => (weight === 1 ? url : `${url} ${weight}`)).join("\n");
}

export function readTargets(text: string): { url: string; weight: number }[] {
  return linesOf(text).map((line) => {
    const [url = "", weight] = line.split(/\s+/);
    return { url, weight: weight === undefined ? 1 : Number(weight) };
  });
}

const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
