import {
  challengeRequest,
  challengeResponse,
  enrolRequest,
  enrolResponse,
  renewRequest,
  renewResponse,
} from "#contracts/link/enrolment.ts";
import { enrolNode } from "../../link/enrol-node.ts";
import { challengeNode, renewNode } from "../../link/renew-node.ts";
import { nodeRoute, type NodeRoute } from "../route.ts";

/** What nodes call: their own token or signature is the authority. */
export const nodeRoutes: NodeRoute[] = [
  nodeRoute({
    method: "POST",
    path: "/link/enrol",
    summary: "Takes a node into a cluster against an enrolment token.",
    body: enrolRequest,
    status: 200,
    output: enrolResponse,
    handle: (deps, { body, address }) => enrolNode(deps, body, address),
  }),
  nodeRoute({
    method: "POST",
    path: "/link/challenge",
    summary: "Gives a challenge that a node signs to renew its credential.",
    body: challengeRequest,
    status: 200,
    output: challengeResponse,
    handle: async (deps, { body }) => challengeNode(deps, body.node),
  }),
  nodeRoute({
    method: "POST",
    path: "/link/renew",
    summary: "Renews a node's credential against a signature by its key.",
    body: renewRequest,
    status: 200,
    output: renewResponse,
    handle: (deps, { body, address }) => renewNode(deps, body, address),
  }),
];
