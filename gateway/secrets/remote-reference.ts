/** A secret in a store: where it lies there, and which of its fields. Several fields of one place are one request. */
export interface RemoteReference {
  store: "vault" | "aws-sm";
  /** `<mount>/<path>` or the secret's id. */
  place: string;
  /** Undefined: all of it. */
  field: string | undefined;
}

const REMOTE = /^(vault|aws-sm):\/\/([^#\s]+)(?:#(.+))?$/;

/** Undefined: it is none, such as `env://NAME`. */
export function parseRemote(reference: string): RemoteReference | undefined {
  const match = REMOTE.exec(reference);
  if (!match) return undefined;
  return { store: match[1] as RemoteReference["store"], place: match[2]!, field: match[3] };
}

/** Every reference to a store that stands anywhere in a value: nothing else in a configuration looks like one. */
export function remoteReferencesIn(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value === "string") {
    if (REMOTE.test(value)) found.add(value);
  } else if (typeof value === "object" && value !== null)
    for (const member of Object.values(value)) remoteReferencesIn(member, found);
  return found;
}

/** One field of a secret that is a JSON object, as text. Throws in words for whoever wrote the reference. */
export function fieldOf(values: unknown, field: string): string {
  const isObject = typeof values === "object" && values !== null;
  // Just seen to be an object.
  const value = isObject && Object.hasOwn(values, field) ? (values as Record<string, unknown>)[field] : undefined;
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const known = isObject ? Object.keys(values).slice(0, 8).join(", ") : "";
  throw new Error(`it has no field ${field}${known === "" ? "" : `; it has ${known}`}`);
}
