import { createPublicKey } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { endChild, spawnLeashed } from "#base/leash.ts";
import { waitUntil } from "#base/wait.ts";
import { enrolRequest, type EnrolResponse } from "#contracts/link/enrolment.ts";
import { bootPlane, nodeKeys, rawPublicKey } from "../testkit/boot-plane.ts";

const closing: (() => unknown)[] = [];
let booted: Awaited<ReturnType<typeof bootPlane>>;
let upstream: string;
/** One real gateway of each cluster, by the tags that the console gave it. */
let tagged: string;
let plain: string;

beforeAll(async () => {
  booted = await bootPlane(inject("postgresUrl"));
  closing.push(() => booted.stop());
  upstream = await listen(createServer((_request, response) => void response.end("served")));
  await publish("everywhere", []);
  await publish("inner", ["internal"]);
  [tagged, plain] = await Promise.all([gatewayWith(["internal"]), gatewayWith([])]);
  await served("everywhere", 0);
  await served("everywhere", 1);
}, 90_000);
afterAll(async () => {
  for (const close of closing.toReversed()) await close();
});

test("an API with a tag is served by the cluster that carries it and is 404 at the other; one without tags is served by both", async () => {
  expect(await statuses("everywhere")).toEqual([200, 200]);
  expect(await statuses("inner")).toEqual([200, 404]);
});

test("one that is published later, or loses its tag, goes to those whose it is and to no other", async () => {
  const late = await publish("late", ["internal"]);
  await served("late", 0);
  // What is published after it has come to the other cluster as well: by then that one would have it.
  await publish("after", []);
  await served("after", 1);
  expect(await statuses("late")).toEqual([200, 404]);
  const changed = await booted.call("PUT", `/apis/${late.id}?version=1`, settings("late", []));
  expect(changed.status).toBe(200);
  await served("late", 1);
  expect(await statuses("late")).toEqual([200, 200]);
});

async function statuses(path: string): Promise<number[]> {
  return Promise.all([tagged, plain].map(async (url) => (await fetch(`${url}/${path}/x`)).status));
}

/** A port that is not listened on yet is no answer. */
const served = (path: string, at: 0 | 1) =>
  waitUntil(async () => (await statuses(path).catch(() => []))[at] === 200, {
    what: `/${path} is served`,
    timeoutMs: 20_000,
  });

const settings = (path: string, tags: string[]) => ({ name: path, listen: `/${path}`, upstream, auth: "none", tags });

async function publish(path: string, tags: string[]) {
  const { status, body } = await booted.call<{ id: string }>("POST", "/apis", settings(path, tags));
  expect(status).toBe(201);
  return body;
}

/** A gateway's own process, enrolled at a console that gives its cluster these tags. */
async function gatewayWith(tags: string[]): Promise<string> {
  const consoleUrl = await listen(
    createServer((request, response) => {
      let text = "";
      request.on("data", (data: Buffer) => (text += data.toString()));
      request.once("end", () => void enrol(text, tags).then((answer) => response.end(JSON.stringify(answer))));
    }),
  );
  const folder = mkdtempSync(join(tmpdir(), "causeway-shard-"));
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
  const main = resolve(import.meta.dirname, "../../gateway/main.ts");
  const args = [main, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--workers", "1"];
  const child = spawnLeashed(process.execPath, args, {
    env: {
      PATH: process.env.PATH ?? "",
      CAUSEWAY_URL: consoleUrl,
      CAUSEWAY_TOKEN: "cwy_enrol_shards",
      CAUSEWAY_DATA_DIR: folder,
      CAUSEWAY_DRAIN_GRACE_SECONDS: "0",
    },
    graceSeconds: 10,
  });
  closing.push(() => endChild(child, 15_000));
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (said += data.toString()));
  const line = await waitUntil(() => /"listen":"([^"]+)".*"gateway is up"/.exec(said), {
    what: "the gateway is up",
    timeoutMs: 50_000,
  });
  return `http://${line[1]}`;
}

/** As the console answers: with a credential for the node's own key, and the control plane's address. */
async function enrol(text: string, tags: string[]): Promise<EnrolResponse> {
  const { publicKey } = enrolRequest.parse(JSON.parse(text));
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: publicKey }, format: "jwk" });
  const node = booted.node({ tags, keys: { ...nodeKeys(), publicKey: key } });
  return {
    // Both were made by newId of their kind.
    node: node.id as EnrolResponse["node"],
    cluster: node.cluster as EnrolResponse["cluster"],
    linkUrl: `${booted.url.replace("http", "ws")}/link/v1`,
    revisionPublicKey: rawPublicKey(booted.revisionKey),
    credential: await node.credential(),
    credentialExpiresAtMs: Date.now() + 3_600_000,
  };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  closing.push(() => server.close());
  // A TCP server's address is an AddressInfo; strings are for pipes.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
