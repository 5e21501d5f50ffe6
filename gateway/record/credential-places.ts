/** Endings of parameters' names that mostly carry a credential. The gateway's own places are known besides. */
const TELLING =
  /(?:^|[_.-])(?:key|apikey|token|jwt|secret|password|passwd|pwd|pass|signature|sig|code|auth|authorization|credentials?|assertion|session|sid)$/;
const CAMEL = /[a-z](?:Key|Token|Secret|Password|Signature|Code|Credential|Assertion|Session)$/;

export function isTelling(name: string): boolean {
  return TELLING.test(name.toLowerCase()) || CAMEL.test(name);
}

/** Where an API's auth reads a credential from: every member of one name, such as `query`, below `auth`. */
export function credentialPlaces(auth: unknown, member: "header" | "query" | "cookie"): ReadonlySet<string> {
  const names = new Set<string>();
  collect(auth, member, names);
  return names;
}

function collect(value: unknown, member: string, names: Set<string>): void {
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (name === member && typeof inner === "string") names.add(inner);
    else collect(inner, member, names);
  }
}
