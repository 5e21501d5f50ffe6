import { readdirSync, readFileSync } from "node:fs";

/** Linux counts in hundredths of a second (USER_HZ) on every architecture that Node runs on. */
const TICK_US = 10_000;

/** Processor time, user and system, of a process and all its descendants, in microseconds. */
export function cpuOf(pid: number): number {
  return processesOf(pid).reduce((sum, one) => sum + ticksOf(one), 0) * TICK_US;
}

/** Resident memory of the same, bytes. */
export function memoryOf(pid: number): number {
  return processesOf(pid).reduce((sum, one) => sum + residentOf(one), 0);
}

/** Children of a process: a gateway's workers. */
export function workersOf(pid: number): number[] {
  return processesOf(pid).slice(1);
}

/** The process and all its descendants. */
export function processesOf(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    const parent = Number(statOf(Number(name))?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found = [pid];
  for (const one of found) found.push(...(children.get(one) ?? []));
  return found;
}

function ticksOf(pid: number): number {
  const stat = statOf(pid);
  return stat ? Number(stat[11]) + Number(stat[12]) : 0;
}

/** The fields of `/proc/<pid>/stat` from the third on: state, parent, …; undefined when the process has ended. */
function statOf(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

function residentOf(pid: number): number {
  try {
    const kb = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kb ?? 0) * 1_024;
  } catch {
    return 0;
  }
}
