import type { Input } from "@pulumi/pulumi";

/** A program's outputs are the contract's, some of them still to come. */
export type StackOutputs<Outputs> = { [Property in keyof Outputs]: Input<Outputs[Property]> };
