import { createPublicKey } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { endChild, spawnLeashed } from "#base/leash.ts";
import { waitUntil } from "#base/wait.ts";
import { enrolRequest, type EnrolResponse } from "#contracts/link/enrolment.ts";
import { nodeKeys, rawPublicKey, type bootPlane } from "./boot-plane.ts";

type Booted = Awaited<ReturnType<typeof bootPlane>>;

/** What a test opened, to be ended in the opposite order. */
export type Closing = (() => unknown)[];

/** A gateway's own process, enrolled at a console that gives its cluster these tags; its address once it is up. */
export async function linkedGateway(booted: Booted, tags: string[], closing: Closing): Promise<string> {
  const consoleUrl = await listenForTest(
    createServer((request, response) => {
      let text = "";
      request.on("data", (data: Buffer) => (text += data.toString()));
      request.once("end", () => void enrol(booted, text, tags).then((answer) => response.end(JSON.stringify(answer))));
    }),
    closing,
  );
  const folder = mkdtempSync(join(tmpdir(), "causeway-linked-"));
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
  const main = resolve(import.meta.dirname, "../../gateway/main.ts");
  const args = [main, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--workers", "1"];
  const child = spawnLeashed(process.execPath, args, {
    env: {
      PATH: process.env.PATH ?? "",
      CAUSEWAY_URL: consoleUrl,
      CAUSEWAY_TOKEN: "cwy_enrol_linked",
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

/** A server's address on loopback; it is closed with the rest. */
export async function listenForTest(server: Server, closing: Closing): Promise<string> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  closing.push(() => server.close());
  // A TCP server's address is an AddressInfo; strings are for pipes.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** As the console answers: with a credential for the node's own key, and the control plane's address. */
async function enrol(booted: Booted, text: string, tags: string[]): Promise<EnrolResponse> {
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
