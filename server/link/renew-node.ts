import { createHmac, createPublicKey, timingSafeEqual, verify } from "node:crypto";
import { eq } from "drizzle-orm";
import { AppError } from "#base/errors.ts";
import type { NodeId } from "#contracts/ids.ts";
import { renewSigningInput, type EnrolResponse } from "#contracts/link/enrolment.ts";
import { nodes } from "#drizzle/console/schema.ts";
import { rules, throttle } from "../auth/throttle.ts";
import { networkOf } from "../auth/trusted-proxies.ts";
import type { Deps } from "../deps.ts";
import { answerNode } from "./answer-node.ts";

const CHALLENGE_LIFE_MS = 60_000;

/** A challenge needs no row: it carries its own time under a MAC. */
export function challengeNode(deps: Deps, node: string): { challenge: string } {
  const at = String(deps.clock.now());
  return { challenge: `${at}.${mac(deps, node, at)}` };
}

/** A fresh credential against a signature by the node's own key; no token, no hand work. */
export async function renewNode(
  deps: Deps,
  input: { node: NodeId; challenge: string; signature: string },
  address: string,
): Promise<EnrolResponse> {
  await throttle(deps.redis, rules.enrolByAddress, networkOf(address));
  demandChallenge(deps, input.node, input.challenge);
  const [node] = await deps.db.select().from(nodes).where(eq(nodes.id, input.node));
  if (!node || !signedBy(node.publicKey, input))
    throw new AppError("unauthenticated", "This node is not known, or did not sign with its key.");
  if (node.revokedAt)
    throw new AppError("gone", "This node was retired. Delete its data folder and enrol it as a new one.");
  await deps.db
    .update(nodes)
    .set({ renewedAt: new Date(deps.clock.now()) })
    .where(eq(nodes.id, node.id));
  return answerNode(deps, node);
}

function demandChallenge(deps: Deps, node: string, challenge: string): void {
  const [at = "", tag = ""] = challenge.split(".");
  const expected = Buffer.from(mac(deps, node, at));
  const given = Buffer.from(tag);
  const fresh = Math.abs(deps.clock.now() - Number(at)) <= CHALLENGE_LIFE_MS;
  if (fresh && expected.length === given.length && timingSafeEqual(expected, given)) return;
  throw new AppError("unauthenticated", "The challenge is not ours or has expired. Ask for a new one.");
}

function mac(deps: Deps, node: string, at: string): string {
  return createHmac("sha256", deps.env.CAUSEWAY_SECRET_KEY)
    .update(`renew-challenge\n${node}\n${at}`)
    .digest("base64url");
}

function signedBy(publicKey: string, input: { node: string; challenge: string; signature: string }): boolean {
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: publicKey }, format: "jwk" });
  const text = renewSigningInput(input.node, input.challenge);
  return verify(null, Buffer.from(text), key, Buffer.from(input.signature, "base64url"));
}
