import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";

/** Runs under the pinned Node, in a process of its own: the SDK needs a newer one than set-up scripts may assume. */
const [root] = process.argv.slice(2);
// Without a version it takes the SDK's own, which is the engine's.
await PulumiCommand.install({ root });
