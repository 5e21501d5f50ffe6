/** A path that needs no work: no dot segment, empty segment, encoded dot, backslash or fragment. */
const UNUSUAL = /\/\/|\/\.|%2e|[\\#]/i;

/**
 * The one normalisation (RFC 3986, 6.2.2.3): dot segments are resolved, also when they come percent-encoded, and empty
 * segments are merged. Encoded slashes stay encoded: `%2F` is data, not structure. The result is what is routed and what
 * goes upstream, so that gateway and upstream never disagree about a path. `undefined`: not a path that may be served.
 */
export function normalisePath(path: string): string | undefined {
  if (path.charCodeAt(0) !== 0x2f) return undefined;
  if (!UNUSUAL.test(path)) return path;
  // A backslash is a slash to some upstreams and a fragment is never sent by a client: both are attempts to differ.
  if (path.includes("\\") || path.includes("#")) return undefined;
  return resolveSegments(path);
}

function resolveSegments(path: string): string {
  const kept: string[] = [];
  const segments = path.split("/").slice(1);
  for (const segment of segments) {
    const plain = segment.replace(/%2e/gi, ".");
    if (plain === "..") kept.pop();
    else if (plain !== "." && plain !== "") kept.push(segment);
  }
  const last = segments.at(-1)?.replace(/%2e/gi, ".");
  const endsInSlash = last === "" || last === "." || last === "..";
  return `/${kept.join("/")}${endsInSlash && kept.length > 0 ? "/" : ""}`;
}
