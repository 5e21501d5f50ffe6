import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { endChild, spawnLeashed, type LeashedChild } from "#base/leash.ts";
import type { Logger } from "#base/log.ts";
import type { RunEventBody } from "#contracts/deployment/run.ts";
import { fromChild, type FromChild, type StackTask, type ToChild } from "./child/messages.ts";
import { failureOfEngine } from "./failures.ts";

export interface EngineOptions {
  /** Holds `bin/pulumi`. */
  engineRoot: string;
  socket: string;
  log: Logger;
}

export interface TaskCalls {
  signal: AbortSignal;
  onOpened: () => Promise<void>;
  onEvent: (body: RunEventBody) => void;
  /** Called when nothing was heard for so long; the task is then given up. */
  quietAfterMs: number;
}

/** Thrown when a child says nothing any more. */
export class EngineSilent extends Error {}

/**
 * From an abort to SIGKILL: Pulumi first lets the operation under way come to its end. Short, since whatever is cut off is
 * found again by its name.
 */
const ABORT_GRACE_MS = 3_000;

const childMain = fileURLToPath(new URL("./child/main.ts", import.meta.url));
const providerBin = fileURLToPath(new URL("../provider/bin", import.meta.url));

/** A process that will do one task. It warms up from its construction on. */
export class EngineChild {
  readonly #child: LeashedChild;
  readonly #log: Logger;
  #listener: (message: FromChild) => void = () => {};
  #unfit: string | undefined;

  constructor({ engineRoot, socket, log }: EngineOptions) {
    this.#log = log;
    // An allow-list: whatever else this machine's environment holds is nobody's business down there.
    const env = {
      PATH: [providerBin, join(engineRoot, "bin"), process.env.PATH ?? ""].join(":"),
      HOME: process.env.HOME ?? "/",
      TMPDIR: process.env.TMPDIR ?? "/tmp",
      LANG: process.env.LANG ?? "C.UTF-8",
      CAUSEWAY_NODE: process.execPath,
      CAUSEWAY_ENGINE_ROOT: engineRoot,
      CAUSEWAY_LOCAL_SOCKET: socket,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    };
    this.#child = spawnLeashed(process.execPath, [childMain], { env, ipc: true, graceSeconds: 2 });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream.on("data", (chunk: Buffer) => this.#log.debug({ child: this.#child.pid }, chunk.toString().trim()));
    this.#child.on("message", (message) => this.#hear(fromChild.parse(message)));
    this.#child.once("exit", (code, signal) =>
      this.#hearEnd(`the engine's process ended (${signal ?? `status ${code}`})`),
    );
    this.#child.once("error", (error) => this.#hearEnd(error.message));
  }

  get fit(): boolean {
    return this.#unfit === undefined;
  }

  /** Does the task and gives the program's outputs. Fails with a `RunFailed`; the child is spent either way. */
  async run(task: StackTask, calls: TaskCalls): Promise<Record<string, unknown>> {
    let quiet: NodeJS.Timeout | undefined;
    let opened: Promise<void> = Promise.resolve();
    try {
      const outputs = await new Promise<Record<string, unknown>>((resolve, reject) => {
        const heard = () => {
          clearTimeout(quiet);
          quiet = setTimeout(() => reject(new EngineSilent("the engine has fallen silent")), calls.quietAfterMs);
        };
        this.#listener = (message) => {
          heard();
          if (message.kind === "opened") opened = calls.onOpened();
          if (message.kind === "event") calls.onEvent(message.body);
          if (message.kind === "done") resolve(message.outputs);
          if (message.kind === "failed") reject(failureOfEngine(message.text));
        };
        heard();
        calls.signal.addEventListener(
          "abort",
          () => void this.#abort().then(() => reject(calls.signal.reason as Error)),
        );
        if (calls.signal.aborted) return reject(calls.signal.reason as Error);
        if (this.#unfit !== undefined) return reject(failureOfEngine(this.#unfit));
        this.#tell({ kind: "task", task });
      });
      await opened;
      return outputs;
    } finally {
      clearTimeout(quiet);
      await this.end();
    }
  }

  /** Its whole process group goes, the engine's command and the provider with it. */
  async end(): Promise<void> {
    this.#listener = () => {};
    await endChild(this.#child, 1_000);
  }

  async #abort(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const over = new Promise<void>((resolve) => {
      const before = this.#listener;
      this.#listener = (message) => {
        if (message.kind === "done" || message.kind === "failed") resolve();
        else before(message);
      };
      setTimeout(resolve, ABORT_GRACE_MS).unref();
    });
    this.#tell({ kind: "abort" });
    await over;
  }

  #hear(message: FromChild): void {
    if (message.kind === "failed" && message.during === "warming") this.#unfit = message.text;
    this.#listener(message);
  }

  #hearEnd(text: string): void {
    this.#unfit ??= text;
    this.#listener({ kind: "failed", during: "working", text });
  }

  #tell(message: ToChild): void {
    if (!this.#child.connected) return this.#hearEnd("the engine's process is gone");
    this.#child.send(message);
  }
}

/** Keeps children warm ahead of runs, since a cold one costs a second before its run begins. */
export class EngineChildren {
  readonly #options: EngineOptions;
  readonly #warm: EngineChild[] = [];
  readonly #keep: number;

  constructor(options: EngineOptions, keep: number) {
    this.#options = options;
    this.#keep = keep;
    this.refill();
  }

  take(): EngineChild {
    for (;;) {
      const child = this.#warm.shift();
      if (child === undefined) return new EngineChild(this.#options);
      if (child.fit) return child;
      void child.end();
    }
  }

  /** Called when a run is over, so that warming up does not compete with it for processors. */
  refill(): void {
    while (this.#warm.length < this.#keep) this.#warm.push(new EngineChild(this.#options));
  }

  async end(): Promise<void> {
    await Promise.all(this.#warm.splice(0).map((child) => child.end()));
  }
}
