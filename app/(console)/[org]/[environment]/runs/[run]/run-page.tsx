"use client";

import { useQueries } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { Causeway } from "./causeway.tsx";
import { applyEvents, prepareHeading, prepareLines, prepareOutcome } from "./prepare-run.ts";
import { ProgressLog } from "./progress-log.tsx";
import { RunActions } from "./run-actions.tsx";
import { RunFeed } from "./run-feed.tsx";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { RunDetail, RunEvent } from "#app/_trpc/views.ts";
import { ButtonLink } from "#app/_ui/button.tsx";
import { PageHeader } from "#app/_ui/panel.tsx";
import { Notice, State } from "#app/_ui/state.tsx";
import { When } from "#app/_ui/when.tsx";

interface Props {
  org: string;
  /** Of the environment, or null where that is gone. */
  href: string | null;
  runs: RunDetail[];
  regionNames: Record<string, string>;
}

/** More lines than this are not kept on the page; the oldest go first. */
const KEPT = 4_000;

export function RunPage({ org, href, runs, regionNames }: Props) {
  const [events, setEvents] = useState<RunEvent[]>([]);
  const [down, setDown] = useState<string[]>([]);
  const current = useFollowed(org, runs).map((run) => applyEvents(run, events));
  const outcome = prepareOutcome(current);
  const failed = current.find(({ failure }) => failure !== null);
  const { title, place, region } = prepareHeading(runs);
  useFreshFrame(outcome.over);
  return (
    <>
      <PageHeader
        above={
          href !== null && outcome.label !== "Destroyed" ? (
            <Link href={href} className="hover:text-ink hover:underline hover:underline-offset-4">
              {place}
            </Link>
          ) : (
            place
          )
        }
        title={title}
        actions={<RunActions org={org} runs={current} over={outcome.over} />}
      >
        {region ? `${regionNames[region] ?? region}, asked` : "Asked"} for by {runs[0]!.requestedBy.name}{" "}
        <When at={runs[0]!.queuedAt} />
      </PageHeader>
      <div className="mb-4 flex min-h-7 items-center justify-between gap-4">
        <output className="text-lg font-semibold">
          <State tone={outcome.tone}>{outcome.label}</State>
        </output>
        {href !== null && outcome.label === "Live" && (
          <ButtonLink href={href} look="primary" size="sm">
            Open {place}
          </ButtonLink>
        )}
        {outcome.label === "Destroyed" && (
          <ButtonLink href={`/${org}`} size="sm">
            Back to the organisation
          </ButtonLink>
        )}
      </div>
      <Causeway runs={current} />
      {failed?.failure && (
        <div className="mb-6">
          <Notice tone="bad" title={`${failed.deploymentName}: ${failed.failure.message}`}>
            {failed.failure.remedy}
          </Notice>
        </div>
      )}
      {down.length > 0 && !outcome.over && (
        <div className="mb-6">
          <Notice tone="signal" title="The live connection is interrupted">
            The run goes on. This page reconnects by itself and misses nothing.
          </Notice>
        </div>
      )}
      {runs.map(({ id }) => (
        <RunFeed
          key={id}
          org={org}
          run={id}
          onEvent={(event) => setEvents((known) => withEvent(known, event))}
          onConnection={(run, up) =>
            setDown((others) => [...others.filter((other) => other !== run), ...(up ? [] : [run])])
          }
        />
      ))}
      <ProgressLog lines={prepareLines(current, events)} over={outcome.over} />
    </>
  );
}

/** The frame around the page lists what stands: what came up or went while one looked on belongs there too. */
function useFreshFrame(over: boolean): void {
  const router = useRouter();
  const [overAtFirst] = useState(over);
  useEffect(() => {
    if (over && !overAtFirst) router.refresh();
  }, [over, overAtFirst, router]);
}

/** The runs as the server tells them, asked again while open: the events are quicker, this is the truth. */
function useFollowed(org: string, runs: RunDetail[]): RunDetail[] {
  const trpc = useTRPC();
  const queries = useQueries({
    queries: runs.map((run) => ({
      ...trpc.run.get.queryOptions({ org, run: run.id }),
      initialData: run,
      refetchInterval: ({ state }: { state: { data?: RunDetail } }) => (state.data?.endedAt ? (false as const) : 4_000),
    })),
  });
  return queries.map(({ data }, index) => data ?? runs[index]!);
}

/** A reconnected stream may tell an event again. */
function withEvent(known: RunEvent[], event: RunEvent): RunEvent[] {
  if (known.some(({ runId, seq }) => runId === event.runId && seq === event.seq)) return known;
  return [...known, event].slice(-KEPT);
}
