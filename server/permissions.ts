import type { Role } from "#contracts/plane/claims.ts";

/** What can be asked of an organisation, `<noun>:<verb>`. */
export const permissions = [
  "organisation:read",
  "member:read",
  "environment:create",
  "environment:destroy",
  "cluster:create",
  "cluster:destroy",
  "enrolment:read",
  "enrolment:write",
  "node:retire",
  "gateway:read",
  "gateway:write",
  "run:control",
  "api:read",
  "api:write",
  "policy:read",
  "policy:write",
  "key:read",
  "key:write",
  "analytics:read",
  "audit:read",
  "apiToken:read",
  "apiToken:write",
] as const;
export type Permission = (typeof permissions)[number];

const viewer: Permission[] = [
  "organisation:read",
  "member:read",
  "gateway:read",
  "api:read",
  "policy:read",
  "analytics:read",
];
const developer: Permission[] = [
  ...viewer,
  "api:write",
  "policy:write",
  "key:read",
  "key:write",
  "enrolment:read",
  "audit:read",
  "run:control",
];
const admin: Permission[] = [...permissions];

/** A role's rights. Owner and admin differ in what later issues add: billing and deletion of the organisation. */
export const permissionsOf = { owner: admin, admin, developer, viewer } as const satisfies Record<Role, Permission[]>;

const rank = { viewer: 0, developer: 1, admin: 2, owner: 3 } as const satisfies Record<Role, number>;

/** The weaker of two roles: an API token never does more than its maker may today. */
export const weakerRole = (a: Role, b: Role): Role => (rank[a] <= rank[b] ? a : b);
