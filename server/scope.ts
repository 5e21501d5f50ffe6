import { AppError } from "#base/errors.ts";
import type { OrgId, UserId } from "#contracts/ids.ts";
import type { Actor, Role } from "#contracts/plane/claims.ts";
import type { Deps } from "./deps.ts";
import { permissionsOf, type Permission } from "./permissions.ts";

/** Who asks, for which organisation, with which role. Every service of a tenant takes one. */
export interface OrgScope {
  deps: Deps;
  org: { id: OrgId; slug: string; name: string };
  actor: Actor;
  userId: UserId;
  role: Role;
  emailVerified: boolean;
}

export function mayDo(role: Role, permission: Permission): boolean {
  return (permissionsOf[role] as readonly Permission[]).includes(permission);
}

export function demand(role: Role, permission: Permission): void {
  if (mayDo(role, permission)) return;
  throw new AppError("forbidden", `Your role (${role}) may not do this. Ask an owner or admin of the organisation.`, {
    detail: `role ${role} lacks ${permission}`,
  });
}

/** The one answer for what does not exist and for what is another tenant's. */
export function notFound(what: string): AppError {
  return new AppError("not_found", `There is no such ${what}, or you have no access to it.`);
}
