import { z } from "zod";
import { parseRanges } from "#base/address-ranges.ts";
import { messageOf } from "#base/errors.ts";

/** A setting such as `10.0.0.0/8, ::1`; what is no range stops the process at its start. */
export const addressRanges = z.string().transform((text, context) => {
  try {
    return parseRanges(text.split(","));
  } catch (error) {
    context.addIssue({ code: "custom", message: messageOf(error) });
    return z.NEVER;
  }
});
