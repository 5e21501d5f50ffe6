import { z } from "zod";

/** These lists are short by their limits and come whole; the shape leaves room for pages. */
export const whole = <T>(items: T[]) => ({ items, nextCursor: null });

/** A member that the route's own path has. */
export const at = (params: Record<string, string>, name: string): string => params[name]!;

export const confirmation = z.strictObject({
  confirm: z.string().describe("The name of what is destroyed, as a confirmation."),
});
