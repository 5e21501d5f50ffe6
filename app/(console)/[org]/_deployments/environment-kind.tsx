import type { Environment } from "#app/_trpc/views.ts";
import { Badge } from "#app/_ui/state.tsx";

/** Production, staging or development, unless the name says the same. */
export function EnvironmentKind({ environment: { name, kind } }: { environment: Pick<Environment, "name" | "kind"> }) {
  return name.toLowerCase() === kind ? null : <Badge>{kind}</Badge>;
}
