import type { Auth } from "./auth.ts";

/** A policy that an API's `auth` gives to callers without a key, and where it stands: `anyOf.0.jwt.scopes.read.0`. */
export interface AuthPolicy {
  id: string;
  path: (string | number)[];
}

/** Every policy that callers of an API may get by its `auth`: what must be there for them to be let in. */
export function policiesOfAuth({ anyOf }: Auth): AuthPolicy[] {
  return anyOf.flatMap((alternative, index) =>
    // Every method may name policies, at these members and no others; some name none.
    Object.entries(alternative as Record<string, Granting>).flatMap(([method, config]) =>
      within(config, ["anyOf", index, method]),
    ),
  );
}

interface Granting {
  policies?: string[];
  scopes?: Record<string, string[]>;
  keys?: Granting[];
}

function within(config: Granting, path: AuthPolicy["path"]): AuthPolicy[] {
  const { policies = [], scopes = {}, keys = [] } = config;
  return [
    ...policies.map((id, at) => ({ id, path: [...path, "policies", at] })),
    ...Object.entries(scopes).flatMap(([scope, ids]) =>
      ids.map((id, at) => ({ id, path: [...path, "scopes", scope, at] })),
    ),
    ...keys.flatMap((key, at) => within(key, [...path, "keys", at])),
  ];
}
