import { secret, type Output } from "@pulumi/pulumi";
import type { DeploymentOutputs } from "#contracts/deployment/deployment.ts";
import { ControlPlane } from "#infra/components/control-plane.ts";
import type { ControlPlaneInput } from "./program-input.ts";
import type { StackOutputs } from "./stack-outputs.ts";

/** The stack of one environment's control plane. */
export function controlPlaneProgram(
  input: ControlPlaneInput,
): StackOutputs<Extract<DeploymentOutputs, { kind: "control_plane" }>> {
  const { managementUrl, linkUrl, revisionPublicKey } = components[input.target](input);
  return { kind: "control_plane", managementUrl, linkUrl, revisionPublicKey };
}

interface ControlPlaneComponent {
  managementUrl: Output<string>;
  linkUrl: Output<string>;
  revisionPublicKey: Output<string>;
}

/** One component a target, the same outputs from each. */
const components = {
  local: (input) =>
    new ControlPlane("control-plane", {
      ...input,
      databasePassword: secret(input.databasePassword),
      signingSeed: secret(input.signingSeed),
    }),
} satisfies Record<ControlPlaneInput["target"], (input: ControlPlaneInput) => ControlPlaneComponent>;
