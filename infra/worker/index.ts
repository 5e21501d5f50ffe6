/**
 * The worker: takes runs from the console's database, drives Pulumi for each in a child process of its own, and writes
 * down what happens. It listens on nothing. It must not decide what a user may do, and it must not know what a control
 * plane or a gateway is beyond the programs' inputs.
 */
export { openDatabase } from "./database.ts";
export { EngineChildren } from "./engine-child.ts";
export type { WorkerSettings } from "./run-context.ts";
export { Worker } from "./worker.ts";
