import { createPublicKey } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { endChild, spawnLeashed } from "#base/leash.ts";
import { newId } from "#base/id.ts";
import { waitUntil } from "#base/wait.ts";
import type { DeploymentId } from "#contracts/ids.ts";
import { enrolRequest, type EnrolResponse } from "#contracts/link/enrolment.ts";
import { nodeKeys, rawPublicKey, type bootPlane } from "./boot-plane.ts";

type Booted = Awaited<ReturnType<typeof bootPlane>>;

/** What a test opened, to be ended in the opposite order. */
export type Closing = (() => unknown)[];

export interface LinkedGateway {
  /** Where it takes traffic. */
  url: string;
  cluster: DeploymentId;
  /** What it keeps on disk; another one that is given it is the same node. */
  folder: string;
  stop(): Promise<void>;
}

interface LinkedOptions {
  tags?: string[];
  cluster?: DeploymentId;
  folder?: string;
  /** Of its environment, such as CAUSEWAY_SETTINGS. */
  env?: Record<string, string>;
}

/** A gateway's own process, enrolled at a console that gives its cluster these tags; its address once it is up. */
export async function linkedGateway(booted: Booted, tags: string[], closing: Closing): Promise<string> {
  return (await startLinkedGateway(booted, { tags }, closing)).url;
}

/** As `linkedGateway`, for tests that ask more of it than where it is. */
export async function startLinkedGateway(
  booted: Booted,
  { tags = [], cluster = newId("dep") as DeploymentId, folder = temporaryFolder(), env }: LinkedOptions,
  closing: Closing,
): Promise<LinkedGateway> {
  const consoleUrl = await listenForTest(
    createServer((request, response) => {
      let text = "";
      request.on("data", (data: Buffer) => (text += data.toString()));
      const answer = () => enrol(booted, text, { tags, cluster });
      request.once("end", () => void answer().then((enrolled) => response.end(JSON.stringify(enrolled))));
    }),
    closing,
  );
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
      ...env,
    },
    graceSeconds: 10,
  });
  const stop = () => endChild(child, 15_000);
  closing.push(stop);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (said += data.toString()));
  const line = await waitUntil(() => /"listen":"([^"]+)".*"gateway is up"/.exec(said), {
    what: "the gateway is up",
    timeoutMs: 50_000,
  });
  return { url: `http://${line[1]}`, cluster, folder, stop };
}

const temporaryFolder = () => mkdtempSync(join(tmpdir(), "causeway-linked-"));

/** A server's address on loopback; it is closed with the rest. */
export async function listenForTest(server: Server, closing: Closing): Promise<string> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  closing.push(() => server.close());
  // A TCP server's address is an AddressInfo; strings are for pipes.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** As the console answers: with a credential for the node's own key, and the control plane's address. */
async function enrol(
  booted: Booted,
  text: string,
  place: { tags: string[]; cluster: DeploymentId },
): Promise<EnrolResponse> {
  const { publicKey } = enrolRequest.parse(JSON.parse(text));
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: publicKey }, format: "jwk" });
  const node = booted.node({ ...place, keys: { ...nodeKeys(), publicKey: key } });
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
