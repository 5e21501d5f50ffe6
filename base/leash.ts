import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import type { Readable } from "node:stream";

export interface LeashOptions {
  cwd?: string;
  /** The whole environment of the child; nothing is inherited. */
  env: Record<string, string>;
  /** Opens an IPC channel, for children that run Node. */
  ipc?: boolean;
  /** What the child gets when its parent is gone; PostgreSQL stops fast on INT. */
  endSignal?: "TERM" | "INT";
  /** Between that signal and SIGKILL, once the parent is gone. */
  graceSeconds?: number;
  uid?: number;
  gid?: number;
}

/** A child on a leash: its output is piped, and `kill` reaches the command itself, not a shell around it. */
export interface LeashedChild extends ChildProcess {
  stdout: Readable;
  stderr: Readable;
}

/**
 * The watcher is forked first, then the shell becomes the command (same process id, so signals and exit codes are the
 * command's own). `read` returns when the last holder of the pipe's other end is gone, which the kernel guarantees even
 * for a parent that was killed with -9. Descriptor 4 is the IPC channel, which the watcher must not hold open.
 */
const LEASH = `
end=$1 grace=$2; shift 2
(
  trap '' TERM INT HUP
  exec 4>&-
  read -r _ <&3
  kill -"$end" 0
  waited=0
  while kill -0 $$ && [ "$waited" -lt "$((grace * 5))" ]; do sleep 0.2; waited=$((waited + 1)); done
  kill -KILL 0
) </dev/null >/dev/null 2>&1 &
exec 3<&-
exec "$@"
`;

/**
 * Starts a command that cannot outlive this process: when this process ends, even by SIGKILL, the command's whole process
 * group gets `endSignal` and after the grace SIGKILL. When the command ends by itself, what it left in its group ends too.
 */
export function spawnLeashed(command: string, args: readonly string[], options: LeashOptions): LeashedChild {
  const { endSignal = "TERM", graceSeconds = 5 } = options;
  const stdio: StdioOptions = ["ignore", "pipe", "pipe", "pipe", ...(options.ipc ? (["ipc"] as const) : [])];
  const child = spawn("/bin/sh", ["-c", LEASH, "leash", endSignal, String(graceSeconds), command, ...args], {
    cwd: options.cwd,
    // Some libraries' types demand variables of their own in every environment.
    env: options.env as NodeJS.ProcessEnv,
    uid: options.uid,
    gid: options.gid,
    // Its own session and process group: `kill 0` in the watcher must not reach us.
    detached: true,
    stdio,
  });
  const leash = child.stdio[3];
  leash?.on("error", () => {
    // The command ended first; the pipe has no reader left.
  });
  if (leash && "unref" in leash && typeof leash.unref === "function") leash.unref();
  child.once("exit", () => leash?.destroy());
  // stdio asks for pipes, so both streams exist.
  return child as LeashedChild;
}

/** Asks a child to end, waits `graceMs`, then kills it. Resolves when it has ended. */
export async function endChild(
  child: ChildProcess,
  graceMs: number,
  signal: NodeJS.Signals = "SIGTERM",
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill(signal);
  const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
  await ended;
  clearTimeout(timer);
}
