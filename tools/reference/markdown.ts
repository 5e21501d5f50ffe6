import { errorCodes } from "#contracts/api/error-codes.ts";
import { writtenConfiguration } from "#contracts/config/file.ts";
import { descriptionOf } from "#contracts/walk-schema.ts";
import { rowsOf, type Row } from "./rows.ts";
import { kinds } from "./type-of.ts";

const INTRODUCTION = `# Gateway configuration: every field

Made by \`npm run reference\` from the schemas that read a configuration; do not edit. Guides say how to use it:
[one gateway](../guides/gateway-alone.md), [routing](../guides/gateway-routing.md), [protocols](../guides/gateway-protocols.md),
[callers](../guides/gateway-identity.md), [policies](../guides/gateway-policies.md), [limits](../guides/gateway-limits.md),
[failing targets](../guides/gateway-resilience.md). For editors there is a [JSON Schema](gateway-configuration.schema.json).

\`[]\` is an entry of a list, \`<name>\` a name that you choose. A field without a default that is not required is absent, and its
meaning says what that means. Where no source stands, the meaning is this gateway's own. A member that is not known is an error.
`;

/** The reference, whole. */
export function referenceText(): string {
  const told = new Map<unknown, string>();
  const sections = Object.entries(writtenConfiguration.shape).map(([name, schema]) => {
    const rows = rowsOf(schema, [name], told);
    return `## ${name}\n\n${descriptionOf(schema) ?? ""}\n\n${table(rows)}`;
  });
  const codes = `## Errors\n\nKeys of \`errors\`, beside a status and \`*\`; the reason in the access log, too.\n\n${errorCodes.map((code) => `\`${code}\``).join(" · ")}\n`;
  return [INTRODUCTION, `## Values\n\n${valuesTable()}`, ...sections, codes].join("\n").trimEnd() + "\n";
}

function valuesTable(): string {
  return lines(
    ["value", "is written"],
    kinds.map(({ name, written }) => [name, written]),
  );
}

function table(rows: readonly Row[]): string {
  const cells = rows.map((row) => [`\`${row.path}\``, row.type, row.default, row.meaning, row.source]);
  // Several forms of one thing have some of their members in common.
  const distinct = new Map(cells.map((row) => [row.join("|"), row]));
  return lines(["field", "value", "default", "meaning", "source"], [...distinct.values()]);
}

function lines(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |\n`;
  return line(head) + line(head.map(() => "---")) + rows.map(line).join("");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replace(/\s+/g, " ").trim();
}
