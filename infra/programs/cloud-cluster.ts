import { secret, type Output } from "@pulumi/pulumi";
import type { DeploymentOutputs } from "#contracts/deployment/deployment.ts";
import { GatewayCluster } from "#infra/components/gateway-cluster.ts";
import type { CloudClusterInput } from "./program-input.ts";
import type { StackOutputs } from "./stack-outputs.ts";

/** The stack of one managed cluster. */
export function cloudClusterProgram(
  input: CloudClusterInput,
): StackOutputs<Extract<DeploymentOutputs, { kind: "cloud_cluster" }>> {
  return { kind: "cloud_cluster", endpointUrl: components[input.target](input).endpointUrl };
}

const components = {
  local: (input) =>
    new GatewayCluster("cluster", {
      ...input,
      enrolmentToken: secret(input.enrolmentToken),
      redisPassword: secret(input.redisPassword),
    }),
} satisfies Record<CloudClusterInput["target"], (input: CloudClusterInput) => { endpointUrl: Output<string> }>;
