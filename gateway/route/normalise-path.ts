import { plainEscapes } from "#contracts/api/path-text.ts";

/** A path without any of these needs no work. */
const UNUSUAL = /\/\/|\/\.|[%\\#]/;

/**
 * What upstreams have read in two ways, or never should read: a backslash is a slash to some; a fragment is never sent by a
 * client; a percent sign begins an encoded byte or nothing; NUL ends a name to some; and bytes that UTF-8 forbids since they
 * spell a character too long (`%C0%AF` for a slash) are that character to some.
 */
const REFUSED = /[\\#]|%(?![0-9a-f]{2})|%00|%c[01]%[89ab]|%e0%[89]|%f0%8/i;

/**
 * The one normalisation (RFC 3986, 6.2.2): what needs no encoding is decoded, dot segments are resolved, and empty segments
 * are merged. Encoded slashes stay encoded: `%2F` is data, not structure. The result is what is routed and what goes
 * upstream, so that gateway and upstream never disagree about a path. `undefined`: not a path that may be served.
 */
export function normalisePath(path: string): string | undefined {
  if (path.charCodeAt(0) !== 0x2f) return undefined;
  if (!UNUSUAL.test(path)) return path;
  if (REFUSED.test(path)) return undefined;
  return resolveSegments(plainEscapes(path));
}

function resolveSegments(path: string): string | undefined {
  const kept: string[] = [];
  const segments = path.split("/").slice(1);
  for (const segment of segments) {
    if (segment === "..") kept.pop();
    else if (hidesDots(segment)) return undefined;
    else if (segment !== "." && segment !== "") kept.push(segment);
  }
  const last = segments.at(-1)!;
  const endsInSlash = last === "" || last === "." || last === "..";
  return `/${kept.join("/")}${endsInSlash && kept.length > 0 ? "/" : ""}`;
}

/**
 * A dot segment to an upstream that decodes slashes before it resolves (`..%2Fadmin`) or that takes what follows a
 * semicolon off (`..;/admin`), and a name to others: nobody means it well.
 */
function hidesDots(segment: string): boolean {
  if (segment === "." || !/^\.|%2F|%5C/.test(segment)) return false;
  return segment.split(/%2F|%5C/).some((part) => /^\.{1,2}(?:;|$)/.test(part));
}
