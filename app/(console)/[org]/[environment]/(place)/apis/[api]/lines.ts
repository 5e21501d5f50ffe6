/** Small lists as text, one entry a line: headers as `Name: value`, targets as `url weight dns`. */
import type { ApiSettings } from "#contracts/api/definition.ts";

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

type Target = ApiSettings["upstream"]["targets"][number];

/** `http://a.test 5 dns`: weight and way to resolve stand there only where they say something. */
export function targetLines(targets: readonly Target[]): string {
  return targets
    .map(({ url, weight, resolve }) =>
      [url, ...(weight === 1 ? [] : [weight]), ...(resolve ? [resolve] : [])].join(" "),
    )
    .join("\n");
}

/** Words that are neither a weight nor `dns` or `srv` come out as a weight that the server refuses. */
export function readTargets(text: string): Target[] {
  return linesOf(text).map((line) => {
    const [url = "", ...words] = line.split(/\s+/);
    const resolve = words.find((word) => word === "dns" || word === "srv");
    const weight = words.find((word) => word !== resolve);
    return { url, weight: weight === undefined ? 1 : Number(weight), ...(resolve ? { resolve } : {}) };
  });
}

const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
