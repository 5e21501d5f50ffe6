import type { AuditView } from "#app/_trpc/views.ts";

export interface DiffLine {
  member: string;
  before: string | null;
  after: string | null;
}

const verbs: Record<string, string> = {
  create: "created",
  update: "changed",
  delete: "deleted",
  revoke: "revoked",
  destroy: "asked to destroy",
  retire: "retired",
  cancel: "cancelled",
  retry: "tried again",
};

/** `api.create` on Orders → `created API Orders`. */
export function sentenceOf({ action, target }: Pick<AuditView, "action" | "target">): string {
  const verb = action.split(".").at(-1) ?? action;
  const kind = target.kind === "api" ? "API" : target.kind.replaceAll("_", " ");
  return `${verbs[verb] ?? verb} ${kind} ${target.name}`;
}

/** What changed, member by member; values as one line of text each. */
export function prepareDiff(diff: AuditView["diff"]): DiffLine[] {
  return Object.entries(diff).map(([member, { before, after }]) => ({
    member,
    before: textOf(before),
    after: textOf(after),
  }));
}

function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}
