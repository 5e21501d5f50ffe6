import { explainIssues } from "#base/explain-issues.ts";
import { nodeSettings, noSettings, type NodeSettings } from "#contracts/config/node-settings.ts";
import { membersAt } from "#contracts/walk-schema.ts";
import { checkLocalCertificates } from "./check-certificates.ts";
import { FileMemory } from "./file-memory.ts";
import { loadSources } from "./load-sources.ts";
import { ConfigurationError, lineOf } from "./configuration-error.ts";
import { settingsOf } from "./settings-of.ts";

const membersOfFile = (path: readonly PropertyKey[]) => membersAt(nodeSettings, path);

/**
 * Reads the one file of what a node decides by itself although its APIs come over the link: its ports, its certificates, its
 * limits of size. What is not written there, the control plane may say. Whole or not at all: throws `ConfigurationError` with
 * every problem.
 */
export function readNodeSettings(path: string): NodeSettings {
  const { documents, problems } = loadSources({ path }, new FileMemory());
  const parts = documents.map((document) => {
    const result = nodeSettings.safeParse(document.value ?? {});
    for (const issue of result.success ? [] : explainIssues(result.error.issues, membersOfFile))
      problems.push(document.problemAt(issue.path, issue.message));
    return { document, value: result.data };
  });
  checkLocalCertificates(parts, problems);
  const settings = settingsOf(parts, problems) ?? noSettings.settings;
  if (problems.length > 0) throw new ConfigurationError(problems.map(lineOf));
  const values = parts.map(({ value }) => value!);
  return { certificates: values.flatMap(({ certificates }) => certificates), settings };
}
