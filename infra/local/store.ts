import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { endpointSpec, redisSpec, serviceSpec } from "./api.ts";
import { errnoOf, regionErrorOf } from "./errors.ts";

const owned = { stack: z.string(), name: z.string() };

/** What should run on this machine. Whatever is written here comes back after a restart. */
const regionState = z.strictObject({
  version: z.literal(1),
  /** The highest epoch each stack has seen; kept when the stack is gone, so that a stale child cannot raise it from the dead. */
  epochs: z.record(z.string(), z.int()),
  /** Port → whose it is. */
  ports: z.record(z.string(), z.strictObject({ stack: z.string(), holder: z.string() })),
  services: z.record(
    z.string(),
    z.strictObject({ ...owned, spec: serviceSpec, slots: z.array(z.record(z.string(), z.int())) }),
  ),
  databases: z.record(z.string(), z.strictObject({ ...owned, database: z.string() })),
  redis: z.record(z.string(), z.strictObject({ ...owned, spec: redisSpec, port: z.int() })),
  endpoints: z.record(z.string(), z.strictObject({ ...owned, spec: endpointSpec, port: z.int() })),
  files: z.record(z.string(), z.strictObject({ ...owned, path: z.string() })),
});
export type RegionState = z.infer<typeof regionState>;

export const keyOf = (stack: string, name: string) => `${stack}/${name}`;

/** The state in memory and its copy on disk; `save` returns once the disk has it. */
export interface Store {
  state: RegionState;
  /** Where a stack's files live, all of them. */
  stackFolder(stack: string): string;
  save(): Promise<void>;
}

export async function openStore(folder: string): Promise<Store> {
  const path = join(folder, "state.json");
  const state = await load(path);
  let tail: Promise<void> = Promise.resolve();
  return {
    state,
    stackFolder: (stack) => join(folder, "stacks", stack),
    save() {
      // One writer at a time; each writes what is true when its turn comes.
      const turn = tail.then(() => writeAtomically(path, JSON.stringify(state)));
      tail = turn.catch(() => undefined);
      return turn;
    },
  };
}

async function load(path: string): Promise<RegionState> {
  try {
    return regionState.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
    return { version: 1, epochs: {}, ports: {}, services: {}, databases: {}, redis: {}, endpoints: {}, files: {} };
  }
}

/** Either the old content or the new one is there, never a half; readable by its owner only. */
export async function writeAtomically(path: string, content: string): Promise<void> {
  const draft = `${path}.${randomBytes(4).toString("hex")}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(draft, "wx", 0o600);
    try {
      await file.writeFile(content);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw regionErrorOf(error);
  }
}
