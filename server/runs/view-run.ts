import { and, desc, eq, inArray, sql } from "drizzle-orm";
import type { z } from "zod";
import type { runDetail, runSummary } from "#contracts/console/views.ts";
import { runSteps as stepNames } from "#contracts/deployment/run.ts";
import { runId, type EnvironmentId, type RunId } from "#contracts/ids.ts";
import { deployments, environments, runs, runSteps } from "#drizzle/console/schema.ts";
import { forOrg, type Tx } from "../db/database.ts";
import { findEnvironment } from "../environments/find-environment.ts";
import { notFound, type OrgScope } from "../scope.ts";

export type RunSummary = z.infer<typeof runSummary>;
export type RunDetail = z.infer<typeof runDetail>;

export interface JoinedRun {
  run: typeof runs.$inferSelect;
  deployment: typeof deployments.$inferSelect;
  environment: typeof environments.$inferSelect;
}

const joined = (tx: Tx) =>
  tx
    .select({ run: runs, deployment: deployments, environment: environments })
    .from(runs)
    .innerJoin(deployments, eq(deployments.id, runs.deploymentId))
    .innerJoin(environments, eq(environments.id, runs.environmentId));

export async function summarizeRuns(tx: Tx, scope: OrgScope, ids: RunId[]): Promise<RunSummary[]> {
  if (ids.length === 0) return [];
  const rows = await joined(tx).where(and(eq(runs.orgId, scope.org.id), inArray(runs.id, ids)));
  return rows.map(summarize);
}

function summarize({ run, deployment, environment }: JoinedRun): RunSummary {
  return {
    id: run.id,
    kind: run.kind,
    state: run.state,
    deploymentId: deployment.id,
    deploymentName: deployment.name,
    environmentId: environment.id,
    environmentSlug: environment.slug,
    environmentName: environment.name,
    requestedBy: run.requestedBy,
    queuedAt: run.queuedAt.toISOString(),
    startedAt: run.startedAt?.toISOString() ?? null,
    endedAt: run.endedAt?.toISOString() ?? null,
    failure: run.failure,
  };
}

export async function listRuns(scope: OrgScope, input: { environment?: string; limit: number }): Promise<RunSummary[]> {
  return forOrg(scope.deps.db, scope.org.id, async (tx) => {
    const environmentId: EnvironmentId | undefined = input.environment
      ? (await findEnvironment(tx, scope, input.environment)).id
      : undefined;
    const rows = await joined(tx)
      .where(and(eq(runs.orgId, scope.org.id), environmentId && eq(runs.environmentId, environmentId)))
      .orderBy(desc(runs.queuedAt))
      .limit(input.limit);
    return rows.map(summarize);
  });
}

export async function getRun(scope: OrgScope, reference: string): Promise<RunDetail> {
  return forOrg(scope.deps.db, scope.org.id, async (tx) => {
    const row = await findRun(tx, scope, reference);
    const taken = await tx.select().from(runSteps).where(eq(runSteps.runId, row.run.id)).orderBy(runSteps.position);
    const expected = await expectedDurations(tx, row);
    const [follower] = await tx.select({ id: runs.id }).from(runs).where(eq(runs.followsRunId, row.run.id)).limit(1);
    const steps = stepNames[row.run.kind].map((name) => {
      const step = taken.find((candidate) => candidate.name === name);
      return {
        name,
        state: step?.state ?? ("pending" as const),
        startedAt: step?.startedAt?.toISOString() ?? null,
        endedAt: step?.endedAt?.toISOString() ?? null,
        detail: step?.detail ?? null,
        expectedMs: expected.get(name) ?? null,
      };
    });
    return {
      ...summarize(row),
      deploymentKind: row.deployment.kind,
      region: row.deployment.region,
      steps,
      followedBy: follower?.id ?? null,
      lastSeq: row.run.lastSeq,
    };
  });
}

export async function findRun(tx: Tx, scope: OrgScope, reference: string): Promise<JoinedRun> {
  const id = runId.safeParse(reference);
  if (!id.success) throw notFound("run");
  const [row] = await joined(tx).where(and(eq(runs.orgId, scope.org.id), eq(runs.id, id.data)));
  if (!row) throw notFound("run");
  return row;
}

/** As `findRun`, with its row held: a worker that would lease it waits, and sees what we made of it. */
export async function lockRun(tx: Tx, scope: OrgScope, reference: string): Promise<JoinedRun> {
  const { run } = await findRun(tx, scope, reference);
  await tx.select({ id: runs.id }).from(runs).where(eq(runs.id, run.id)).for("update");
  return findRun(tx, scope, run.id);
}

/** The median of each step over the organisation's earlier runs of the same kind, for the ETA. */
async function expectedDurations(tx: Tx, { run, deployment }: JoinedRun): Promise<Map<string, number>> {
  const rows = await tx
    .select({
      name: runSteps.name,
      ms: sql<number>`percentile_cont(0.5) within group (order by extract(epoch from ${runSteps.endedAt} - ${runSteps.startedAt}) * 1000)::float8`,
    })
    .from(runSteps)
    .innerJoin(runs, eq(runs.id, runSteps.runId))
    .innerJoin(deployments, eq(deployments.id, runs.deploymentId))
    .where(
      and(
        eq(runs.orgId, run.orgId),
        eq(runs.kind, run.kind),
        eq(deployments.kind, deployment.kind),
        eq(runSteps.state, "succeeded"),
        sql`${runSteps.endedAt} is not null`,
      ),
    )
    .groupBy(runSteps.name);
  return new Map(rows.map((row) => [row.name, row.ms]));
}
