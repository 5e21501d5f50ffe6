import { join } from "node:path";
import { createInterface } from "node:readline";
import { backoffMs } from "#base/backoff.ts";
import { endChild, spawnLeashed, type LeashedChild, type LeashOptions } from "#base/leash.ts";
import { waitUntil } from "#base/wait.ts";
import { LogFile } from "#infra/local/log-file.ts";
import { say, SetUpFailed } from "./say.ts";

export interface ComponentPlan {
  name: string;
  command: string;
  args: string[];
  options: LeashOptions;
  /** Truthy once it does its work. */
  ready: () => Promise<unknown>;
  readyWithinMs: number;
  stopSignal?: NodeJS.Signals;
  stopWithinMs: number;
  /** What the terminal is told of a line in place of the log file: such lines hold links that let people in. */
  tell?: (line: string) => string | undefined;
}

/** How a shell says that there is no such command. */
const NO_SUCH_COMMAND = 127;
/** A death after this is no part of a row of them: the back-off begins anew. */
const LIVED_LONG_MS = 60_000;

/** One process of the machine: on a leash, with a log file, started again with back-off when it dies. */
export class Component {
  readonly #plan: ComponentPlan;
  readonly #log: LogFile;
  #child: LeashedChild | undefined;
  #stopping = false;
  #attempt = 0;
  #startedAt = 0;

  constructor(plan: ComponentPlan, state: string) {
    this.#plan = plan;
    this.#log = new LogFile(join(state, "logs", `${plan.name}.log`));
  }

  get name(): string {
    return this.#plan.name;
  }

  /** Resolves when it is ready; fails with its last lines when it dies before, or takes too long. */
  async start(): Promise<this> {
    const { name, ready, readyWithinMs } = this.#plan;
    const child = this.#spawn();
    try {
      await waitUntil(
        async () => {
          if (child.exitCode !== null || child.signalCode !== null) return "ended";
          return (await ready()) ? "ready" : undefined;
        },
        { what: `${name} is ready`, timeoutMs: readyWithinMs, everyMs: 50 },
      );
    } catch {
      throw await this.#failed(`was not ready after ${readyWithinMs / 1000} s`);
    }
    if (child.exitCode === NO_SUCH_COMMAND)
      throw new SetUpFailed(`${this.#plan.command} was not found. npm run doctor says how to get it.`);
    if (child.exitCode !== null || child.signalCode !== null) throw await this.#failed("ended while starting");
    child.once("exit", (code, signal) => this.#died(signal ?? `status ${code}`));
    return this;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#child) await endChild(this.#child, this.#plan.stopWithinMs, this.#plan.stopSignal);
    this.#log.close();
  }

  #spawn(): LeashedChild {
    const { command, args, options } = this.#plan;
    const child = spawnLeashed(command, args, options);
    this.#child = child;
    this.#startedAt = Date.now();
    createInterface({ input: child.stdout }).on("line", (line) => this.#hear(line));
    this.#log.follow(child.stderr);
    child.once("error", (error) => this.#log.write(`${error.message}\n`));
    return child;
  }

  #hear(line: string): void {
    const told = this.#plan.tell?.(line);
    if (told === undefined) this.#log.write(`${line}\n`);
    else say(told);
  }

  #died(how: string): void {
    if (this.#stopping) return;
    if (Date.now() - this.#startedAt > LIVED_LONG_MS) this.#attempt = 0;
    const delayMs = 200 + backoffMs(this.#attempt++, { baseMs: 500, maxMs: 15_000 });
    say(`${this.#plan.name} ended (${how}); starting it again. Its log: ${this.#log.path}`);
    setTimeout(() => {
      if (this.#stopping) return;
      this.#spawn().once("exit", (code, signal) => this.#died(signal ?? `status ${code}`));
    }, delayMs);
  }

  async #failed(how: string): Promise<SetUpFailed> {
    const lines = (await this.#log.tail(12)).join("\n");
    await this.stop();
    return new SetUpFailed(`${this.#plan.name} ${how}. The end of ${this.#log.path}:\n${lines}`);
  }
}
