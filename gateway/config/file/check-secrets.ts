import { secretReference } from "#contracts/api/primitives.ts";
import { writtenConfiguration, type FileConfiguration } from "#contracts/config/file.ts";
import { ANY_NAME, fieldsOf, formsOf, type Field } from "#contracts/walk-schema.ts";
import { processSecrets } from "#gateway/secrets/index.ts";
import type { SourceDocument } from "./source-document.ts";
import type { Problem } from "./problem.ts";

interface Part {
  document: SourceDocument;
  value: FileConfiguration | undefined;
}

/** Places of references as a tree, so that an entry costs the members that it has and not those that it could have. */
interface Places {
  isReference: boolean;
  below: Map<string | number, Places>;
}

const places = treeOf(
  fieldsOf(writtenConfiguration.shape.apis.unwrap().element)
    // A schema that is described is another one, of the same definition.
    .filter(({ schema }) => formsOf(schema).some((form) => form._zod.def === secretReference._zod.def))
    .map(({ path }) => path),
);

/** References of APIs that hold nothing now. Those of keys and certificates are read, and told, where they are used. */
export function checkSecrets(parts: readonly Part[], problems: Problem[]): void {
  for (const { document, value } of parts)
    for (const [index, entry] of (value?.apis ?? []).entries())
      for (const { path, reference } of referencesIn(entry, places, ["apis", index])) {
        const message = problemOf(reference);
        if (message) problems.push(document.problemAt(path, message));
      }
}

function* referencesIn(
  value: unknown,
  { isReference, below }: Places,
  path: PropertyKey[],
): Generator<{ path: PropertyKey[]; reference: string }> {
  if (typeof value === "string" && isReference) yield { path, reference: value };
  if (typeof value !== "object" || value === null || below.size === 0) return;
  for (const [name, member] of Object.entries(value)) {
    const place = Array.isArray(value) ? below.get(0) : (below.get(name) ?? below.get(ANY_NAME));
    if (place) yield* referencesIn(member, place, [...path, Array.isArray(value) ? Number(name) : name]);
  }
}

function treeOf(paths: readonly Field["path"][]): Places {
  const root: Places = { isReference: false, below: new Map() };
  for (const path of paths) {
    let at = root;
    for (const part of path) {
      const next = at.below.get(part) ?? { isReference: false, below: new Map() };
      at.below.set(part, next);
      at = next;
    }
    at.isReference = true;
  }
  return root;
}

function problemOf(reference: string): string | undefined {
  const [, scheme, place] = /^(env|file):\/\/(.+)$/s.exec(reference) ?? [];
  if (scheme === undefined || processSecrets.read(reference)) return undefined;
  return scheme === "env"
    ? `the environment variable ${place} is not set; expected the secret there`
    : `the file ${place} cannot be read or is empty; expected the secret there`;
}
