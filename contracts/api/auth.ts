import { z } from "zod";
import { headerName } from "./primitives.ts";

const keyAuth = z.strictObject({
  /** Where the key is looked for beside `Authorization: Bearer` and `X-API-Key`; given, it is the only place. */
  header: headerName.optional(),
  query: z.string().min(1).max(100).optional(),
});
/** All of the members of one alternative must hold. */
export const authAlternative = z
  .strictObject({ key: keyAuth.optional() })
  .refine((value) => Object.keys(value).length > 0, {
    error: "name at least one method: key",
  });
const anyOf = z.strictObject({ anyOf: z.array(authAlternative).min(1).max(8) });
/** What `none` is parsed to. An empty list alone is refused: a template that came out empty must not open an API. */
const keyless = z.strictObject({ keyless: z.literal(true), anyOf: z.array(authAlternative).max(0).default([]) });

/** No alternative: everybody may call, which `keyless` says aloud. */
export interface Auth {
  keyless?: true;
  anyOf: z.infer<typeof authAlternative>[];
}
/** `none`, `key`, or `{ anyOf: [ … ] }`: any alternative of the list. */
export const auth = z.union([z.literal("none"), z.literal("key"), anyOf, keyless]).transform((value): Auth => {
  if (value === "none") return { keyless: true, anyOf: [] };
  return value === "key" ? { anyOf: [{ key: {} }] } : value;
});
