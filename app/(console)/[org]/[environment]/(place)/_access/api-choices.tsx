import { grantText } from "./grant-text.ts";
import type { ApiView, PolicyView } from "#app/_trpc/views.ts";
import type { Choice } from "#app/_ui/choice.tsx";

/** APIs to tick; beside one that is granted in part, what of it. */
export function apiChoices(list: ApiView[], granted: PolicyView["apis"]): Choice[] {
  return list.map(({ id, name, listenPath }) => ({
    value: id,
    name,
    aside: grantText(granted[id] ?? {}) || <code className="text-sm">{listenPath}</code>,
  }));
}
