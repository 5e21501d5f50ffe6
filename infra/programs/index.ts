import { cloudClusterProgram } from "./cloud-cluster.ts";
import { controlPlaneProgram } from "./control-plane.ts";
import type { ProgramInput } from "./program-input.ts";

/**
 * The Pulumi programs, one a kind of stack. They read their input and nothing else: no environment, no clock, no
 * randomness, so that running one again gives the same stack.
 */
export function runProgram(input: ProgramInput) {
  return input.program === "control-plane" ? controlPlaneProgram(input) : cloudClusterProgram(input);
}
