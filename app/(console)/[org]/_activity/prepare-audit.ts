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
  return `${verbs[verb] ?? verb} ${wordsOf(target.kind)} ${target.name}`;
}

/** `enrolmentToken` → `enrolment token`, `apiToken` → `API token`. */
function wordsOf(kind: string): string {
  const words = kind.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll("_", " ");
  return words.replace(/^api\b/, "API");
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
