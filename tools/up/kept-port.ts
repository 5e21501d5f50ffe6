import { readFile } from "node:fs/promises";
import { isFree } from "#base/loopback.ts";
import { writeAtomically } from "#infra/local/store.ts";
import { SetUpFailed } from "./say.ts";

/** The port that a server of the machine had before, or the first free one of `first`…`last`, kept from then on. */
export async function keptPort(file: string, first: number, last: number): Promise<number> {
  const before = Number(await readFile(file, "utf8").catch(() => "0"));
  if (before > 0 && (await isFree(before))) return before;
  for (let port = first; port <= last; port += 1) {
    if (!(await isFree(port))) continue;
    await writeAtomically(file, String(port));
    return port;
  }
  throw new SetUpFailed(`No port is free from ${first} to ${last}. Set CAUSEWAY_PORT to another number.`);
}
