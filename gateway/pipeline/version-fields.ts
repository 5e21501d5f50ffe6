import type { ResolvedVersion } from "#contracts/api/versions-of.ts";

/** What answers of a version say about its end: Deprecation and its link (RFC 9745), Sunset and its link (RFC 8594). */
export function versionFields({ state, deprecatedAt, sunset, link }: ResolvedVersion): string[] {
  const isDeprecated = state !== "active" && deprecatedAt !== undefined;
  // As a URL is written in a line: with brackets and line ends encoded or gone.
  const page = link === undefined ? undefined : new URL(link).href;
  return [
    // A date of structured fields: seconds since 1970 after an at sign (RFC 9651, 3.3.7).
    ...(isDeprecated ? ["Deprecation", `@${Math.floor(Date.parse(deprecatedAt) / 1_000)}`] : []),
    ...(sunset === undefined ? [] : ["Sunset", new Date(sunset).toUTCString()]),
    ...(page !== undefined && isDeprecated ? ["Link", `<${page}>; rel="deprecation"; type="text/html"`] : []),
    ...(page !== undefined && sunset !== undefined ? ["Link", `<${page}>; rel="sunset"; type="text/html"`] : []),
  ];
}
