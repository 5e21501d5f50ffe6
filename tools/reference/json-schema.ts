import { z } from "zod";
import { writtenConfiguration } from "#contracts/config/file.ts";
import { bareOf } from "#contracts/walk-schema.ts";

/** The configuration as a JSON Schema, for editors: what may be written, which is checked again where it is read. */
export function schemaText(): string {
  const api = bareOf(writtenConfiguration.shape.apis.unwrap().element)._zod.def;
  const schema = z.toJSONSchema(writtenConfiguration, {
    io: "input",
    unrepresentable: "any",
    reused: "ref",
    override({ zodSchema, jsonSchema }) {
      if (zodSchema._zod.def !== api) return;
      // A document may carry all of it in its `x-causeway`.
      const { required = [] } = jsonSchema;
      delete jsonSchema.required;
      jsonSchema.anyOf = [{ required }, { required: ["openapi"] }];
    },
  });
  return `${JSON.stringify({ title: "Causeway gateway configuration", ...schema }, null, 2)}\n`;
}
