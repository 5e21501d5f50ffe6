import type { z } from "zod";
import type { settingsMember } from "#contracts/console/views.ts";
import { keyInput, policyInput, type KeyView, type PolicyView } from "#contracts/plane/entities.ts";
import { sourceMembers } from "../source/source-members.ts";
import { writeSource } from "../source/write-source.ts";

type Member = z.infer<typeof settingsMember>;

/** A policy with all that was said of it as text, as an entry of a file's `policies` has it. */
export function withWrittenPolicy(policy: PolicyView) {
  return { ...policy, written: writeSource(policyInput, given(policyInput, policy)) };
}

/** A key with all that was said of it as text; that it was revoked is no member, since nobody takes it back. */
export function withWrittenKey(key: KeyView) {
  const { state, policies, ...others } = key;
  const said = { ...others, policies: policies.map(({ id }) => id), ...(state === "revoked" ? {} : { state }) };
  return { ...key, written: writeSource(keyInput, given(keyInput, said)) };
}

const members = new Map<z.ZodObject, readonly Member[]>();

/** Every member that a policy may have. */
export const policyMembers = (): Member[] => [...membersOf(policyInput)];

/** Every member that a key may have. */
export const keyMembers = (): Member[] => [...membersOf(keyInput)];

function membersOf(schema: z.ZodObject): readonly Member[] {
  const told = members.get(schema) ?? sourceMembers(schema);
  members.set(schema, told);
  return told;
}

/** Of an answer, what people may write: a view says null for what was not. */
function given({ shape }: z.ZodObject, view: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(shape)
      .map((name) => [name, view[name] ?? undefined] as const)
      .filter(([, value]) => value !== undefined),
  );
}
