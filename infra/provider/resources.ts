import { CustomResource, secret, type CustomResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { EndpointSpec, RedisSpec, ServiceSpec } from "#infra/local/api.ts";
import { PROVIDER_NAME } from "./provider.ts";

/** Whose it is and what it is called there. */
export interface Place {
  stack: string;
  name: string;
}

type Inputs<Spec> = { [Property in keyof Spec]?: Input<Spec[Property]> };

const typeOf = (resource: string) => `${PROVIDER_NAME}:index:${resource}`;
const hiding = (options: CustomResourceOptions, ...properties: string[]): CustomResourceOptions => ({
  ...options,
  additionalSecretOutputs: properties,
});

/** A process in several copies on this machine; up when every copy answers its health check. */
export class Service extends CustomResource {
  constructor(
    name: string,
    args: Place & Inputs<Omit<ServiceSpec, "env">> & { env: Input<Record<string, Input<string>>> },
    options: CustomResourceOptions,
  ) {
    super(typeOf("Service"), name, { ...args, env: secret(args.env) }, hiding(options, "env"));
  }
}

/** A database and a role of the same name, on the machine's PostgreSQL. */
export class Database extends CustomResource {
  declare readonly url: Output<string>;
  constructor(name: string, args: Place & { password: Input<string> }, options: CustomResourceOptions) {
    super(
      typeOf("Database"),
      name,
      { ...args, password: secret(args.password), url: undefined },
      hiding(options, "url"),
    );
  }
}

/** A Redis server of its own. */
export class Redis extends CustomResource {
  declare readonly url: Output<string>;
  constructor(name: string, args: Place & Inputs<RedisSpec>, options: CustomResourceOptions) {
    super(typeOf("Redis"), name, { ...args, password: secret(args.password), url: undefined }, hiding(options, "url"));
  }
}

/** A stable `host:port` before a service. */
export class Endpoint extends CustomResource {
  declare readonly address: Output<string>;
  constructor(name: string, args: Place & Inputs<EndpointSpec>, options: CustomResourceOptions) {
    super(typeOf("Endpoint"), name, { ...args, address: undefined }, options);
  }
}

/** A file that only its owner may read. */
export class SecretFile extends CustomResource {
  declare readonly path: Output<string>;
  constructor(name: string, args: Place & { content: Input<string> }, options: CustomResourceOptions) {
    super(typeOf("SecretFile"), name, { ...args, content: secret(args.content), path: undefined }, options);
  }
}

/** An Ed25519 key pair. */
export class SigningKey extends CustomResource {
  declare readonly privateKey: Output<string>;
  declare readonly publicKey: Output<string>;
  constructor(name: string, args: Place & { seed: Input<string> }, options: CustomResourceOptions) {
    const outputs = { privateKey: undefined, publicKey: undefined };
    super(typeOf("SigningKey"), name, { ...args, seed: secret(args.seed), ...outputs }, hiding(options, "privateKey"));
  }
}
