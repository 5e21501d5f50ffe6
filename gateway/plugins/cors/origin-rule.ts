/** What is answered to an origin; undefined: it is not allowed. `*` where any page may call without credentials. */
export type OriginRule = (origin: string) => string | undefined;

/** Origins as they are configured, decided at load into one look-up and a few endings. */
export function compileOrigins(origins: readonly string[]): OriginRule {
  // The contract refuses it together with credentials.
  if (origins.includes("*")) return () => "*";
  const exact = new Set(origins.filter((origin) => !origin.includes("*.")));
  const subdomains = origins.filter((origin) => origin.includes("*.")).map(subdomainsOf);
  return (written) => {
    const origin = written.toLowerCase();
    return exact.has(origin) || subdomains.some((covers) => covers(origin)) ? written : undefined;
  };
}

/** A label has to stand before the dot, and nothing but the port may follow the name: `evilb.example` is not of `*.b.example`. */
function subdomainsOf(pattern: string): (origin: string) => boolean {
  const [scheme, rest] = pattern.includes("://") ? pattern.split("://", 2) : ["https", pattern];
  const before = `${scheme}://`;
  const ending = rest!.slice(1);
  return (origin) => {
    if (!origin.startsWith(before) || !origin.endsWith(ending)) return false;
    const labels = origin.slice(before.length, -ending.length);
    return labels !== "" && LABELS.test(labels);
  };
}

const LABELS = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;
