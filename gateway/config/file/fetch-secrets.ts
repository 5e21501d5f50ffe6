import { processSecrets, remoteReferencesIn, type SecretStore } from "#gateway/secrets/index.ts";
import type { SourceDocument } from "./source-document.ts";
import type { Problem } from "./problem.ts";

/** What reading a configuration needs of secrets: to read them, and to have those of stores fetched before. */
export type FetchedSecrets = Pick<SecretStore, "read" | "want">;

/** The process's own, where no store is at hand: a reference to one then cannot be read, and that is told. */
export const ownSecrets: FetchedSecrets = {
  read: (reference) => processSecrets.read(reference),
  want: async (_owner, references) =>
    [...references].map((reference) => ({ reference, message: "no store of secrets is at hand here" })),
};

/** Has all that the files refer to in stores read, and tells each reference that could not be by its place. */
export async function fetchSecrets(
  documents: readonly SourceDocument[],
  secrets: FetchedSecrets,
  problems: Problem[],
): Promise<void> {
  const references = remoteReferencesIn(documents.map(({ value }) => value));
  const faults = new Map((await secrets.want("files", references)).map((fault) => [fault.reference, fault.message]));
  if (faults.size === 0) return;
  for (const document of documents)
    for (const { path, text } of textsIn(document.value)) {
      const message = faults.get(text);
      if (message !== undefined) problems.push(document.problemAt(path, `${text} cannot be read: ${message}`));
    }
}

function* textsIn(value: unknown, path: PropertyKey[] = []): Generator<{ path: PropertyKey[]; text: string }> {
  if (typeof value === "string") yield { path, text: value };
  if (typeof value !== "object" || value === null) return;
  for (const [name, member] of Object.entries(value))
    yield* textsIn(member, [...path, Array.isArray(value) ? Number(name) : name]);
}
