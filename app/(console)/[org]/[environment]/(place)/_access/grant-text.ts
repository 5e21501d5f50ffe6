import type { PolicyView } from "#app/_trpc/views.ts";
import { rateText } from "#contracts/quantity-text.ts";

type Grant = PolicyView["apis"][string];

const counted = (number: number, noun: string) => `${number} ${noun}${number === 1 ? "" : "s"}`;

/** What narrows a grant, `2 operations, 5/s`; empty where all of the API is granted. */
export function grantText({ operations, paths, rate, quota }: Grant): string {
  return [
    ...(operations ? [counted(operations.length, "operation")] : []),
    ...(paths ? [counted(paths.length, "path")] : []),
    ...[rate, quota].flatMap((limit) => (limit ? [rateText(limit)] : [])),
  ].join(", ");
}
