import { isIP } from "node:net";
import { and, eq, sql } from "drizzle-orm";
import { inRanges, parseRanges } from "#base/address-ranges.ts";
import { AppError } from "#base/errors.ts";
import { newId } from "#base/id.ts";
import { hashToken, parseToken } from "#base/token.ts";
import type { NodeId } from "#contracts/ids.ts";
import type { EnrolRequest, EnrolResponse } from "#contracts/link/enrolment.ts";
import { deployments, enrolmentTokens, nodes, organisations } from "#drizzle/console/schema.ts";
import { recordAudit } from "../audit/record-audit.ts";
import { rules, throttle } from "../auth/throttle.ts";
import { networkOf } from "../auth/trusted-proxies.ts";
import type { Tx } from "../db/database.ts";
import type { Deps } from "../deps.ts";
import { tokenState, type EnrolmentTokenRow } from "../tokens/list-enrolment-tokens.ts";
import { answerNode } from "./answer-node.ts";

/**
 * Takes a node in. The token is the authority (there is no session here); a second call with the same key pair is the
 * same node and uses nothing up.
 */
export async function enrolNode(deps: Deps, input: EnrolRequest, address: string): Promise<EnrolResponse> {
  await throttle(deps.redis, rules.enrolByAddress, networkOf(address));
  demandShape(input.token);
  const node = await deps.db.transaction(async (tx) => {
    const [token] = await tx
      .select()
      .from(enrolmentTokens)
      .where(eq(enrolmentTokens.hash, hashToken(input.token)))
      .for("update");
    if (!token)
      throw new AppError(
        "unauthenticated",
        "This enrolment token is not known here. Copy it again from the cluster's page.",
      );
    return (await knownNode(tx, deps, token, input)) ?? (await newNode(tx, deps, token, input, address));
  });
  return answerNode(deps, node);
}

function demandShape(token: string): void {
  const parsed = parseToken(token);
  if ("kind" in parsed && parsed.kind === "enrol") return;
  const why =
    "problem" in parsed && parsed.problem === "checksum"
      ? "has a typing error or was cut"
      : "is not an enrolment token";
  throw new AppError(
    "unauthenticated",
    `What was given as token ${why}. It starts with cwy_enrol_; copy it again from the cluster's page.`,
  );
}

type NodeRow = typeof nodes.$inferSelect;

async function knownNode(
  tx: Tx,
  deps: Deps,
  token: EnrolmentTokenRow,
  input: EnrolRequest,
): Promise<NodeRow | undefined> {
  const [known] = await tx
    .select()
    .from(nodes)
    .where(and(eq(nodes.clusterId, token.clusterId), eq(nodes.publicKey, input.publicKey)));
  if (!known) return undefined;
  if (known.revokedAt)
    throw new AppError("gone", "This node was retired. Delete its data folder and enrol it as a new one.");
  if (token.revokedAt)
    throw new AppError("gone", "This enrolment token was revoked. Create a new one on the cluster's page.");
  const [row] = await tx
    .update(nodes)
    .set({ hostname: input.hostname, version: input.version, tags: input.tags, renewedAt: new Date(deps.clock.now()) })
    .where(eq(nodes.id, known.id))
    .returning();
  return row;
}

async function newNode(
  tx: Tx,
  deps: Deps,
  token: EnrolmentTokenRow,
  input: EnrolRequest,
  address: string,
): Promise<NodeRow> {
  demandLive(token, deps.clock.now());
  demandAddress(token, address);
  const [cluster] = await tx.select().from(deployments).where(eq(deployments.id, token.clusterId));
  if (!cluster || cluster.destroyedAt || cluster.state === "destroying")
    throw new AppError("gone", "The cluster of this token was destroyed.");
  await tx
    .update(enrolmentTokens)
    .set({ uses: sql`${enrolmentTokens.uses} + 1` })
    .where(eq(enrolmentTokens.id, token.id));
  const now = deps.clock.now();
  const [row] = await tx
    .insert(nodes)
    .values({
      id: newId("nod", now, deps.random) as NodeId,
      orgId: token.orgId,
      clusterId: token.clusterId,
      tokenId: token.id,
      publicKey: input.publicKey,
      hostname: input.hostname,
      version: input.version,
      tags: input.tags,
      enrolledAt: new Date(now),
      renewedAt: new Date(now),
    })
    .returning();
  const [org] = await tx.select().from(organisations).where(eq(organisations.id, token.orgId));
  await recordAudit(
    tx,
    { deps, org: org!, actor: { kind: "system", id: token.id, name: `enrolment token ${token.name}` } },
    {
      action: "node.enrol",
      target: { kind: "node", id: row!.id, name: input.hostname },
      environmentId: cluster.environmentId,
      diff: { cluster: { after: cluster.name } },
    },
  );
  return row!;
}

const endings = {
  revoked: "was revoked",
  expired: "has expired",
  used_up: "has been used as often as it allows",
} as const;

function demandLive(token: EnrolmentTokenRow, nowMs: number): void {
  const state = tokenState(token, nowMs);
  if (state === "live") return;
  throw new AppError("gone", `This enrolment token ${endings[state]}. Create a new one on the cluster's page.`);
}

function demandAddress(token: EnrolmentTokenRow, address: string): void {
  if (token.addressRanges.length === 0) return;
  if (isIP(address) && inRanges(parseRanges(token.addressRanges), address)) return;
  throw new AppError("forbidden", `This enrolment token may not be used from ${address}.`);
}
