import { execFileSync } from "node:child_process";
import type { BootedGateway } from "./boot-gateway.ts";

/** The process ids of a gateway's workers. */
export function workersOf({ child }: Pick<BootedGateway, "child">): number[] {
  const args = ["-o", "pid=,args=", "--ppid", String(child.pid)];
  const lines = execFileSync("ps", args, { encoding: "utf8" }).split("\n");
  const rows = lines.map((line) => line.trim().split(/\s+/));
  return rows.filter(([, program]) => program === process.execPath).map(([pid]) => Number(pid));
}
