import { ComponentResource, interpolate, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { Database, Endpoint, Service, SigningKey } from "#infra/provider/resources.ts";
import type { ProcessCommand } from "./process-command.ts";

export interface ControlPlaneArgs {
  /** The deployment's id: what the stack, its database and its files are called. */
  stack: string;
  org: string;
  environment: string;
  command: ProcessCommand;
  migrationsFolder: string;
  /** Ed25519, raw, base64url: whose management tokens and node credentials it believes. */
  consolePublicKey: string;
  databasePassword: Input<string>;
  /** 32 bytes, base64url, of which the revision-signing key is made. */
  signingSeed: Input<string>;
}

/** A tenant's control plane on this machine: its database, its signing key, its process, its address. */
export class ControlPlane extends ComponentResource {
  readonly managementUrl: Output<string>;
  readonly linkUrl: Output<string>;
  readonly revisionPublicKey: Output<string>;

  constructor(name: string, args: ControlPlaneArgs, options: ComponentResourceOptions = {}) {
    super("causeway:local:ControlPlane", name, {}, options);
    const place = { stack: args.stack };
    const child = { parent: this };

    const database = new Database("database", { ...place, name: "plane", password: args.databasePassword }, child);
    const signingKey = new SigningKey("signing-key", { ...place, name: "revisions", seed: args.signingSeed }, child);
    const service = new Service(
      "service",
      {
        ...place,
        name: "control-plane",
        ...args.command,
        ports: ["http"],
        health: { port: "http", path: "/readyz", startTimeoutMs: 30_000 },
        env: {
          ...args.command.env,
          CAUSEWAY_PLANE_ID: args.stack,
          CAUSEWAY_ORG: args.org,
          CAUSEWAY_ENVIRONMENT: args.environment,
          CAUSEWAY_LISTEN: "127.0.0.1:{{port.http}}",
          CAUSEWAY_CONSOLE_PUBLIC_KEY: args.consolePublicKey,
          CAUSEWAY_REVISION_SIGNING_KEY: signingKey.privateKey,
          CAUSEWAY_MIGRATIONS_DIR: args.migrationsFolder,
          DATABASE_URL: database.url,
        },
      },
      { ...child, dependsOn: [database] },
    );
    const endpoint = new Endpoint(
      "endpoint",
      { ...place, name: "management", service: "control-plane", port: "http" },
      { ...child, dependsOn: [service] },
    );

    this.managementUrl = interpolate`http://${endpoint.address}`;
    this.linkUrl = interpolate`ws://${endpoint.address}/link/v1`;
    this.revisionPublicKey = signingKey.publicKey;
    this.registerOutputs();
  }
}
