import { z } from "zod";

/** `application/problem+json` (RFC 9457) as every HTTP edge of Causeway answers it. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string().optional(),
  requestId: z.string().optional(),
  /** Which fields of the input are wrong, and what was expected of each. */
  fields: z.array(z.strictObject({ path: z.string(), message: z.string(), line: z.int().optional() })).optional(),
});
export type Problem = z.infer<typeof problem>;

/** A page of a list. `nextCursor` is opaque; absent on the last page. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });
}
