import type { z } from "zod";
import { fileKey } from "./record.ts";

/**
 * A key that a gateway of files is asked to issue: as it stands in a file, without its secret. That is drawn, and told once;
 * `hash` in its place brings a key that people hold already.
 */
export const keyToIssue = fileKey.omit({ secret: true }).partial({ id: true });
export type KeyToIssue = z.infer<typeof keyToIssue>;
