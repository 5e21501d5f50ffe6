/** A member by its name; where there is none, a dotted name reaches inside: `realm_access.roles`. */
export function readMember(value: Readonly<Record<string, unknown>> | undefined, name: string): unknown {
  if (value === undefined) return undefined;
  if (Object.hasOwn(value, name)) return value[name];
  let inner: unknown = value;
  for (const part of name.split(".")) {
    if (typeof inner !== "object" || inner === null || !Object.hasOwn(inner, part)) return undefined;
    // Just seen to be an object.
    inner = (inner as Record<string, unknown>)[part];
  }
  return inner;
}
