import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { processesOf } from "./cpu.ts";

/** Asked once: to a process that is kept on one core there seems to be no other. */
const CORES = availableParallelism();

/** Where processes can be kept apart (Linux's util-linux, two cores). */
export const canPin = CORES > 1 && !spawnSync("taskset", ["--version"]).error;

/** Keeps a process, its threads and its descendants on one core; `core` counts from 0, and past the last one is the last. */
export function pin(pid: number, core: number): void {
  allow(pid, String(Math.min(core, CORES - 1)));
}

/** On any core again. */
export function unpin(pid: number): void {
  allow(pid, `0-${CORES - 1}`);
}

function allow(pid: number, cores: string): void {
  for (const one of processesOf(pid)) {
    const { status, stderr } = spawnSync("taskset", ["-acp", cores, String(one)], { encoding: "utf8" });
    if (status !== 0) throw new Error(`taskset: ${stderr}`);
  }
}
