import { z } from "zod";
import { parseContextText } from "./context-parts.ts";

/**
 * Refuses a text whose variables are not known: a name that nothing answers to is told with its line and not found out at a
 * request.
 */
export const contextText = z.string().superRefine((text, context) => {
  const parsed = parseContextText(text);
  if ("problem" in parsed) context.addIssue({ code: "custom", message: parsed.problem });
});
