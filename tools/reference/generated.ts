import { schemaText } from "./json-schema.ts";
import { referenceText } from "./markdown.ts";

/** The files of the reference, as they should stand in the repository. */
export function generated(): { file: string; text: string }[] {
  return [
    { file: "docs/reference/gateway-configuration.md", text: referenceText() },
    { file: "docs/reference/gateway-configuration.schema.json", text: schemaText() },
  ];
}
