import { secretReference } from "#contracts/api/primitives.ts";
import { writtenConfiguration, type FileConfiguration } from "#contracts/config/file.ts";
import { ANY_NAME, fieldsOf, formsOf, type Field } from "#contracts/walk-schema.ts";
import { processSecrets } from "#gateway/secrets/index.ts";
import type { SourceDocument } from "./load-sources.ts";
import type { Problem } from "./problem.ts";

interface Part {
  document: SourceDocument;
  value: FileConfiguration | undefined;
}

/** Every place below an entry of `apis` where a reference may stand, as the contract declares it. */
const places = fieldsOf(writtenConfiguration.shape.apis.unwrap().element)
  // A schema that is described is another one, of the same definition.
  .filter(({ schema }) => formsOf(schema).some((form) => form._zod.def === secretReference._zod.def))
  .map(({ path }) => path);

/** References of APIs that hold nothing now. Those of keys and certificates are read, and told, where they are used. */
export function checkSecrets(parts: readonly Part[], problems: Problem[]): void {
  for (const { document, value } of parts)
    for (const [index, entry] of (value?.apis ?? []).entries())
      for (const place of places)
        for (const { path, found } of valuesAt(entry, place)) {
          const message = typeof found === "string" ? problemOf(found) : undefined;
          if (message) problems.push(document.problemAt(["apis", index, ...path], message));
        }
}

/** The values at a place, each with its own path: a list and names that people choose make several of one. */
function valuesAt(value: unknown, [part, ...rest]: Field["path"]): { path: PropertyKey[]; found: unknown }[] {
  if (part === undefined) return [{ path: [], found: value }];
  if (typeof value !== "object" || value === null) return [];
  const isList = Array.isArray(value);
  if (isList !== (typeof part === "number")) return [];
  const names = part === ANY_NAME ? Object.keys(value) : isList ? [...value.keys()] : [part];
  return names.flatMap((name) =>
    valuesAt((value as Record<PropertyKey, unknown>)[name], rest).map(({ path, found }) => ({
      path: [name, ...path],
      found,
    })),
  );
}

function problemOf(reference: string): string | undefined {
  const [, scheme, place] = /^(env|file):\/\/(.+)$/s.exec(reference) ?? [];
  if (scheme === undefined || processSecrets.read(reference)) return undefined;
  return scheme === "env"
    ? `the environment variable ${place} is not set; expected the secret there`
    : `the file ${place} cannot be read or is empty; expected the secret there`;
}
