import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { eq } from "drizzle-orm";
import { inject } from "vitest";
import { endChild, spawnLeashed } from "#base/leash.ts";
import type { ControlPlaneOutputs } from "#contracts/deployment/deployment.ts";
import type { DeploymentId, EnvironmentId, OrgId } from "#contracts/ids.ts";
import { deployments, runs } from "#drizzle/console/schema.ts";
import { createTestDatabase } from "#tools/testing/database.ts";
import type { Deps } from "../deps.ts";
import type { TestConsole } from "./boot-console.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));

/** A control plane as its tenant has it: own process, own database. */
export interface PlaneProcess {
  databaseUrl: string;
  url: string;
  /** Ends the process and leaves its row as it is: the plane then does not answer. */
  stop(): Promise<void>;
}

/**
 * Starts the real control plane of an environment and writes what the worker would: its outputs, its state, its run's end.
 * It ends with the console at the latest.
 */
export async function startPlaneProcess(
  console: TestConsole,
  place: { org: OrgId; environment: EnvironmentId; deployment: DeploymentId },
): Promise<PlaneProcess> {
  const database = await createTestDatabase(inject("postgresUrl"));
  console.defer(() => database.drop());
  const revisionKeys = generateKeyPairSync("ed25519");
  const child = spawnLeashed(process.execPath, ["controlplane/main.ts"], {
    cwd: repository,
    env: {
      CAUSEWAY_PLANE_ID: place.deployment,
      CAUSEWAY_ORG: place.org,
      CAUSEWAY_ENVIRONMENT: place.environment,
      DATABASE_URL: database.url,
      CAUSEWAY_LISTEN: "127.0.0.1:0",
      CAUSEWAY_CONSOLE_PUBLIC_KEY: rawKey(console.deps.publicKey),
      CAUSEWAY_REVISION_SIGNING_KEY: revisionKeys.privateKey
        .export({ format: "der", type: "pkcs8" })
        .toString("base64url"),
    },
  });
  const stop = () => endChild(child, 5_000);
  console.defer(stop);
  const url = await firstUrl(child.stdout, child.stderr);
  await writeOutputs(console.deps, place.deployment, url, rawKey(revisionKeys.publicKey));
  return { databaseUrl: database.url, url, stop };
}

const rawKey = (key: KeyObject): string => key.export({ format: "jwk" }).x!;

/** The line with which a plane says that it serves carries its address. */
async function firstUrl(stdout: NodeJS.ReadableStream, stderr: NodeJS.ReadableStream): Promise<string> {
  const said: string[] = [];
  stderr.on("data", (chunk: Buffer) => said.push(chunk.toString("utf8")));
  for await (const line of createInterface({ input: stdout })) {
    said.push(line);
    const url = (JSON.parse(line) as { url?: string }).url;
    if (!url) continue;
    // Read on, so that a full pipe never holds the process up.
    stdout.resume();
    return url;
  }
  throw new Error(`the control plane ended before it was ready:\n${said.join("\n")}`);
}

/** What the worker writes at the end of a control plane's run. */
export async function writeOutputs(deps: Deps, deployment: DeploymentId, url: string, key: string): Promise<void> {
  const outputs: ControlPlaneOutputs = {
    kind: "control_plane",
    managementUrl: url,
    linkUrl: `${url.replace("http", "ws")}/link/v1`,
    revisionPublicKey: key,
  };
  await deps.db.update(deployments).set({ state: "live", outputs }).where(eq(deployments.id, deployment));
  await deps.db
    .update(runs)
    .set({ state: "succeeded", endedAt: new Date(deps.clock.now()) })
    .where(eq(runs.deploymentId, deployment));
}
