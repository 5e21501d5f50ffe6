import { and, eq, inArray, sql } from "drizzle-orm";
import { deployments, runs, runSteps } from "#drizzle/console/schema.ts";
import type { DeploymentOutputs, DeploymentState } from "#contracts/deployment/deployment.ts";
import {
  isTerminal,
  runState,
  mayMove,
  type RunEventBody,
  type RunFailure,
  type RunState,
  type RunStepName,
} from "#contracts/deployment/run.ts";
import type { Database, Transaction } from "./database.ts";
import { StaleLease } from "./failures.ts";
import type { Lease } from "./lease.ts";
import { appendRunEvent } from "./run-events.ts";

/** How a deployment changes in the same transaction as its run. */
export interface DeploymentChange {
  state: DeploymentState;
  outputs?: DeploymentOutputs | null;
}

/** More events of resources and log lines than this are counted, not kept. */
const EVENT_CAP = 2_000;

/**
 * The one way in which a worker writes about its run. Each statement carries the lease's epoch; once another worker has
 * the run, every call throws `StaleLease` and nothing is written.
 */
export class RunLedger {
  readonly #database: Database;
  readonly #lease: Lease;
  #kept = 0;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(database: Database, lease: Lease) {
    this.#database = database;
    this.#lease = lease;
  }

  /** Events come in the order in which they were told, also when nobody waits for them. */
  append(body: RunEventBody): Promise<void> {
    if (body.kind === "log" || body.kind === "resource") {
      this.#kept += 1;
      if (this.#kept > EVENT_CAP) return Promise.resolve();
    }
    return this.#inOrder(() => this.#guarded(appendRunEvent(this.#database, this.#lease.run.id, body, this.#held())));
  }

  /** Moves the run, and with it its deployment where that changes, then tells the followers. */
  moveTo(state: RunState, more: { failure?: RunFailure; deployment?: DeploymentChange } = {}): Promise<void> {
    const { run } = this.#lease;
    return this.#inOrder(() =>
      this.#database.transaction(async (tx) => {
        const moved = await tx
          .update(runs)
          .set({
            state,
            failure: more.failure ?? null,
            ...(isTerminal(state) ? { endedAt: sql`clock_timestamp()` } : {}),
          })
          .where(and(eq(runs.id, run.id), this.#held(), inArray(runs.state, statesBefore(state))));
        if (moved.rowCount !== 1) throw new StaleLease(run.id, this.#lease.epoch);
        if (more.deployment) await this.#moveDeployment(tx, more.deployment);
        await appendRunEvent(tx, run.id, { kind: "state", state });
      }),
    );
  }

  /** Changes the deployment alone, such as to `provisioning` when the run begins. */
  deployment(change: DeploymentChange): Promise<void> {
    return this.#inOrder(() => this.#database.transaction((tx) => this.#moveDeployment(tx, change)));
  }

  step(name: RunStepName, state: "running" | "succeeded" | "failed" | "skipped", detail?: string): Promise<void> {
    const { run } = this.#lease;
    const times =
      state === "running"
        ? { startedAt: sql`clock_timestamp()`, attempt: run.attempt }
        : { endedAt: sql`clock_timestamp()` };
    return this.#inOrder(() =>
      this.#database.transaction(async (tx) => {
        const event: RunEventBody = { kind: "step", step: name, state, ...(detail === undefined ? {} : { detail }) };
        await this.#guarded(appendRunEvent(tx, run.id, event, this.#held()));
        await tx
          .update(runSteps)
          .set({ state, detail: detail ?? null, ...times })
          .where(and(eq(runSteps.runId, run.id), eq(runSteps.name, name)));
      }),
    );
  }

  /** Says that this worker lives; learns whether the user wants the run to stop. */
  async heartbeat(): Promise<{ cancelRequested: boolean }> {
    const [row] = await this.#database
      .update(runs)
      .set({ heartbeatAt: sql`now()` })
      .where(and(eq(runs.id, this.#lease.run.id), this.#held()))
      .returning({ cancelRequestedAt: runs.cancelRequestedAt });
    if (!row) throw new StaleLease(this.#lease.run.id, this.#lease.epoch);
    return { cancelRequested: row.cancelRequestedAt !== null };
  }

  /** Ends the lease now: the run, where it is not over, is for the next worker. */
  async letGo(): Promise<void> {
    await this.#database
      .update(runs)
      .set({ heartbeatAt: new Date(0) })
      .where(and(eq(runs.id, this.#lease.run.id), this.#held()));
  }

  /** A write of another table under this lease: refused like any other when the lease is over. */
  within<T>(task: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#inOrder(() =>
      this.#database.transaction(async (tx) => {
        const held = await tx
          .select({ id: runs.id })
          .from(runs)
          .where(and(eq(runs.id, this.#lease.run.id), this.#held()))
          .for("update");
        if (held.length === 0) throw new StaleLease(this.#lease.run.id, this.#lease.epoch);
        return task(tx);
      }),
    );
  }

  #held() {
    return and(eq(runs.epoch, this.#lease.epoch), eq(runs.leasedBy, this.#lease.worker)) ?? sql`false`;
  }

  async #moveDeployment(tx: Transaction, change: DeploymentChange): Promise<void> {
    const { id } = this.#lease.deployment;
    const moved = await tx
      .update(deployments)
      .set({
        state: change.state,
        version: sql`${deployments.version} + 1`,
        ...(change.outputs === undefined ? {} : { outputs: change.outputs }),
        ...(change.state === "destroyed" ? { destroyedAt: sql`now()` } : {}),
      })
      .where(and(eq(deployments.id, id), eq(deployments.epoch, this.#lease.epoch)));
    if (moved.rowCount !== 1) throw new StaleLease(this.#lease.run.id, this.#lease.epoch);
  }

  async #guarded(written: Promise<boolean>): Promise<void> {
    if (!(await written)) throw new StaleLease(this.#lease.run.id, this.#lease.epoch);
  }

  #inOrder<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(task);
    this.#tail = turn.catch(() => undefined);
    return turn;
  }
}

function statesBefore(state: RunState): RunState[] {
  return runState.options.filter((before) => mayMove(before, state));
}
