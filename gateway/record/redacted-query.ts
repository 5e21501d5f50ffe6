import type { CompiledApi } from "#gateway/pipeline/index.ts";
import { credentialPlaces, isTelling } from "./credential-places.ts";

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

function placesOf({ definition }: CompiledApi): ReadonlySet<string> {
  const known = placesByApi.get(definition);
  if (known) return known;
  const names = credentialPlaces(definition.auth, "query");
  placesByApi.set(definition, names);
  return names;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    // No percent-encoding: it is compared as it stands.
    return text;
  }
}
