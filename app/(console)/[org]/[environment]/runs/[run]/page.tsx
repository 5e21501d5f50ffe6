import type { Metadata } from "next";
import { RunPage } from "./run-page.tsx";
import { load } from "#app/_trpc/load.ts";
import type { RunDetail } from "#app/_trpc/views.ts";
import { serverCaller } from "#server/trpc/caller.ts";

export const metadata: Metadata = { title: "Run" };

interface Props {
  params: Promise<{ org: string; environment: string; run: string }>;
}

/** Stands outside of the environment's places: the run that destroyed an environment is still there to be read. */
export default async function RunRoute({ params }: Props) {
  const { org, environment, run } = await params;
  const api = await serverCaller();
  const [runs, environments, regions] = await load(
    Promise.all([chainOf(org, run), api.environment.list({ org }), api.region.list()]),
  );
  const stands = environments.some(({ id }) => id === runs[0]!.environmentId);
  return (
    <main id="content" className="mx-auto w-full max-w-[960px] px-4 py-8 sm:px-8 sm:py-10">
      <RunPage
        org={org}
        href={stands ? `/${org}/${environment}` : null}
        runs={runs}
        regionNames={Object.fromEntries(regions.items.map(({ id, name }) => [id, name]))}
      />
    </main>
  );
}

/** An environment has at most this many deployments in one chain of runs. */
const LONGEST = 24;

/** The run and those that start after it, one after the other. */
async function chainOf(org: string, run: string): Promise<RunDetail[]> {
  const api = await serverCaller();
  const chain = [await api.run.get({ org, run })];
  for (let next = chain[0]!.followedBy; next !== null && chain.length < LONGEST; next = chain.at(-1)!.followedBy)
    chain.push(await api.run.get({ org, run: next }));
  return chain;
}
