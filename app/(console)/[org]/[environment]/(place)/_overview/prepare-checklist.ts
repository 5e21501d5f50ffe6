import type { Environment } from "#app/_trpc/views.ts";

export interface Step {
  title: string;
  text: string;
  href: string;
  done: boolean;
}

/** What there is of each; undefined while it is not known. */
export interface Counts {
  apis: number | undefined;
  keys: number | undefined;
  calls: number | undefined;
}

/**
 * The way from an empty environment to calls that are counted; null when it has been walked to its end, and when a
 * control plane that is live does not say how far it has been walked.
 */
export function prepareChecklist(
  base: string,
  environment: Pick<Environment, "controlPlane" | "clusters">,
  counts: Counts,
): Step[] | null {
  const known = counts.apis !== undefined && counts.keys !== undefined && counts.calls !== undefined;
  if (environment.controlPlane?.state === "live" && !known) return null;
  const live = environment.clusters.filter(({ state, kind }) => state === "live" && kind === "cloud_cluster");
  const run = [environment.controlPlane, ...environment.clusters].find((one) => one && one.state !== "live")?.latestRun;
  const steps: Step[] = [
    {
      title: "Bring the environment up",
      text: "A control plane of your own and a gateway beside it.",
      href: run ? `${base}/runs/${run.id}` : base,
      done: environment.controlPlane?.state === "live" && live.length > 0,
    },
    {
      title: "Describe what you serve",
      text: "From an OpenAPI file or its URL.",
      href: `${base}/apis/new`,
      done: (counts.apis ?? 0) > 0,
    },
    {
      title: "Issue a credential",
      text: "With a policy's rights, or for single interfaces. It is shown once.",
      href: `${base}/keys/new`,
      done: (counts.keys ?? 0) > 0,
    },
    {
      title: "Make the first call",
      text: "Through the gateway; it is counted within seconds.",
      href: `${base}/analytics`,
      done: (counts.calls ?? 0) > 0,
    },
    {
      title: "Go where your callers are",
      text: "A second region, or your own network with one pasted command.",
      href: `${base}/clusters/new`,
      done: environment.clusters.length > 1,
    },
  ];
  return steps.every(({ done }) => done) ? null : steps;
}
