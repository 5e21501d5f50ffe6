import type { CompiledApi } from "#gateway/pipeline/index.ts";

/** Endings of parameters' names that mostly carry a credential. The gateway's own places are known besides. */
const TELLING =
  /(?:^|[_.-])(?:key|apikey|token|jwt|secret|password|passwd|pwd|pass|signature|sig|code|auth|authorization|credentials?|assertion|session|sid)$/;
const CAMEL = /[a-z](?:Key|Token|Secret|Password|Signature|Code|Credential|Assertion|Session)$/;
const MAX_LENGTH = 2_048;

const placesByApi = new WeakMap<object, ReadonlySet<string>>();

/** A query as it may be written down: values of parameters that carry credentials, by name or by the API's own rule, are out. */
export function redactedQuery(query: string, api: CompiledApi | undefined): string {
  if (query === "") return "";
  const places = api === undefined ? undefined : placesOf(api);
  const redacted = query
    .slice(1, MAX_LENGTH)
    .split("&")
    .map((pair) => {
      const at = pair.indexOf("=");
      const name = decoded(at === -1 ? pair : pair.slice(0, at));
      if (at === -1 || !(places?.has(name) || isTelling(name))) return pair;
      return `${pair.slice(0, at)}=[redacted]`;
    });
  return `?${redacted.join("&")}`;
}

function isTelling(name: string): boolean {
  return TELLING.test(name.toLowerCase()) || CAMEL.test(name);
}

/** Names of query parameters that this API's auth reads a credential from: every member called `query` below `auth`. */
function placesOf({ definition }: CompiledApi): ReadonlySet<string> {
  const known = placesByApi.get(definition);
  if (known) return known;
  const names = new Set<string>();
  collect(definition.auth, names);
  placesByApi.set(definition, names);
  return names;
}

function collect(value: unknown, names: Set<string>): void {
  if (typeof value !== "object" || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    if (name === "query" && typeof member === "string") names.add(member);
    else collect(member, names);
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    // No percent-encoding: it is compared as it stands.
    return text;
  }
}
