import { readdir, readFile, readlink } from "node:fs/promises";
import { waitUntil } from "#base/wait.ts";

interface Found {
  name: string;
  pid: number;
}

/**
 * What of a stack's folder still runs and belongs to none of the process groups that we know: the system's own list, which
 * a process cannot leave by forking. Linux tells it (proc(5)); elsewhere our groups are all that is known.
 */
export async function straysIn(folder: string, groups: ReadonlySet<number>): Promise<Found[]> {
  let strays: Found[] = [];
  const none = async () => {
    strays = await runningIn(folder, groups);
    return strays.length === 0;
  };
  // What holds a process's leash ends a moment after it.
  await waitUntil(none, { what: "no stray is left", timeoutMs: 1_000, everyMs: 25 }).catch(() => undefined);
  return strays;
}

async function runningIn(folder: string, groups: ReadonlySet<number>): Promise<Found[]> {
  if (process.platform !== "linux") return [];
  const pids = (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const [cwd, stat] = await Promise.all([
        readlink(`/proc/${pid}/cwd`),
        readFile(`/proc/${pid}/stat`, "utf8"),
      ]).catch(
        // It ended meanwhile, or it is another account's.
        () => ["", ""] as const,
      );
      if (!`${cwd}/`.startsWith(`${folder}/`)) return [];
      const [, name = "", group] = /^\d+ \((.*)\) \S \d+ (\d+)/s.exec(stat) ?? [];
      return groups.has(Number(group)) ? [] : [{ name, pid: Number(pid) }];
    }),
  );
  return found.flat();
}
