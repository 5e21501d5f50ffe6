import { ComponentResource, interpolate, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { Endpoint, Redis, SecretFile, Service } from "#infra/provider/resources.ts";
import type { ProcessCommand } from "./process-command.ts";

export interface GatewayClusterArgs {
  stack: string;
  command: ProcessCommand;
  nodes: number;
  tags: string[];
  /** Where nodes enrol: the console. */
  consoleUrl: string;
  /** Private ranges that the operator lets tenants' upstreams be in. */
  upstreamAllow: string;
  enrolmentToken: Input<string>;
  redisPassword: Input<string>;
}

/** A managed cluster on this machine: its Redis, its nodes, the one address that clients call. */
export class GatewayCluster extends ComponentResource {
  readonly endpointUrl: Output<string>;

  constructor(name: string, args: GatewayClusterArgs, options: ComponentResourceOptions = {}) {
    super("causeway:local:GatewayCluster", name, {}, options);
    const place = { stack: args.stack };
    const child = { parent: this };

    const redis = new Redis("redis", { ...place, name: "redis", password: args.redisPassword, maxMemoryMb: 64 }, child);
    const token = new SecretFile("token", { ...place, name: "enrolment-token", content: args.enrolmentToken }, child);
    const service = new Service(
      "nodes",
      {
        ...place,
        name: "gateway",
        ...args.command,
        replicas: args.nodes,
        ports: ["http", "admin"],
        // Ready means: a revision is applied.
        health: { port: "admin", path: "/readyz", startTimeoutMs: 60_000 },
        env: {
          ...args.command.env,
          CAUSEWAY_URL: args.consoleUrl,
          CAUSEWAY_TOKEN_FILE: token.path,
          CAUSEWAY_LISTEN: "127.0.0.1:{{port.http}}",
          CAUSEWAY_ADMIN: "127.0.0.1:{{port.admin}}",
          CAUSEWAY_REDIS: redis.url,
          CAUSEWAY_TAGS: args.tags.join(","),
          // A tenant chooses upstreams: without this a managed gateway would be a way into the operator's own network.
          CAUSEWAY_UPSTREAM_DENY_PRIVATE: "1",
          CAUSEWAY_UPSTREAM_ALLOW: args.upstreamAllow,
          CAUSEWAY_DATA_DIR: "{{data}}",
          CAUSEWAY_WORKERS: "1",
          // Inside the time that the region gives a leaving replica.
          CAUSEWAY_DRAIN_SECONDS: "10",
        },
      },
      { ...child, dependsOn: [redis, token] },
    );
    const endpoint = new Endpoint(
      "endpoint",
      { ...place, name: "traffic", service: "gateway", port: "http" },
      { ...child, dependsOn: [service] },
    );

    this.endpointUrl = interpolate`http://${endpoint.address}`;
    this.registerOutputs();
  }
}
