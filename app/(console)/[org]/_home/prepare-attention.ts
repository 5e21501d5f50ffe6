import type { Deployment, Environment } from "#app/_trpc/views.ts";

export interface Attention {
  id: string;
  title: string;
  text: string;
  href: string;
  action: string;
}

/** What waits for a person, the oldest first: failed and stalled runs, each with the page where it can be put right. */
export function prepareAttention(org: string, environments: Environment[]): Attention[] {
  return environments.flatMap((environment) => {
    const deployments = [environment.controlPlane, ...environment.clusters].filter((one) => one !== null);
    return deployments.flatMap((deployment) => attentionOf(org, environment, deployment));
  });
}

function attentionOf(org: string, environment: Environment, deployment: Deployment): Attention[] {
  const run = deployment.latestRun;
  if (!run || (run.state !== "failed" && run.state !== "stalled")) return [];
  const act = run.kind === "create" ? "coming up" : "being destroyed";
  return [
    {
      id: run.id,
      title: `${deployment.name} of ${environment.name} ${run.state === "failed" ? "failed" : "stalled"} while ${act}`,
      text: run.failure?.message ?? "Nothing was heard from it for a while.",
      href: `/${org}/${environment.slug}/runs/${run.id}`,
      action: run.failure?.retryable === false ? "See why" : "Look and try again",
    },
  ];
}
