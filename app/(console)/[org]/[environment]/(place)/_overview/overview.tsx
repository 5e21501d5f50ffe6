"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import Link from "next/link";
import { Checklist } from "./checklist.tsx";
import { ClusterRows } from "../clusters/cluster-rows.tsx";
import { prepareChecklist } from "./prepare-checklist.ts";
import { QuickFacts } from "./quick-facts.tsx";
import { TryIt } from "./try-it.tsx";
import { AttentionList } from "#app/(console)/[org]/_home/attention-list.tsx";
import { prepareAttention } from "#app/(console)/[org]/_home/prepare-attention.ts";
import { EnvironmentKind } from "#app/(console)/[org]/_deployments/environment-kind.tsx";
import { deploymentLooks, environmentHealth } from "#app/(console)/[org]/_deployments/health.ts";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { AnalyticsReport, ApiView, Environment, KeyView, Organisation } from "#app/_trpc/views.ts";
import { ButtonLink } from "#app/_ui/button.tsx";
import { PageHeader, Section } from "#app/_ui/panel.tsx";
import { Notice, State } from "#app/_ui/state.tsx";

interface Props {
  organisation: Organisation;
  environment: Environment;
  regionNames: Record<string, string>;
  first: { apis?: ApiView[]; keys?: KeyView[]; report?: AnalyticsReport };
}

export function Overview({ organisation, environment: given, regionNames, first }: Props) {
  const trpc = useTRPC();
  const input = { org: organisation.slug, environment: given.slug };
  const { data: environment } = useQuery({
    ...trpc.environment.get.queryOptions(input),
    initialData: given,
    refetchInterval: 4_000,
  });
  const live = environment.controlPlane?.state === "live";
  const apis = useQuery({ ...trpc.api.list.queryOptions(input), initialData: first.apis, enabled: live });
  const may = (permission: string) => organisation.permissions.includes(permission);
  const keys = useQuery({
    ...trpc.key.list.queryOptions(input),
    initialData: first.keys,
    enabled: live && may("key:read"),
  });
  const report = useQuery({
    ...trpc.analytics.report.queryOptions({ ...input, range: "1h" }),
    initialData: first.report,
    enabled: live,
    refetchInterval: 10_000,
  });
  const base = `/${organisation.slug}/${environment.slug}`;
  const health = environmentHealth(environment);
  const counts = { apis: apis.data?.length, keys: keys.data?.length, calls: report.data?.totals.calls };
  // For those who can walk it, and not while the control plane leaves open what has been done.
  const checklist = may("cluster:create") && prepareChecklist(base, environment, counts);
  const plane = environment.controlPlane;
  const attention = prepareAttention(organisation.slug, [environment]);
  return (
    <>
      <PageHeader
        title={
          <span className="flex flex-wrap items-center gap-3">
            {environment.name} <EnvironmentKind environment={environment} />
          </span>
        }
        actions={
          may("cluster:create") && (
            <ButtonLink href={`${base}/clusters/new`} look="primary">
              <Plus aria-hidden /> Add cluster
            </ButtonLink>
          )
        }
      >
        <span className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <State tone={health.tone}>{health.label}</State>
          <span>Home in {regionNames[environment.homeRegion] ?? environment.homeRegion}</span>
        </span>
      </PageHeader>
      {attention.length > 0 && <AttentionList items={attention} />}
      {plane && plane.state !== "live" && plane.state !== "failed" && plane.latestRun && (
        <div className="mb-8">
          <Notice
            tone="busy"
            title={`The control plane is ${deploymentLooks[plane.state].label.toLowerCase()}`}
            action={
              <ButtonLink href={`${base}/runs/${plane.latestRun.id}`} size="sm">
                Follow the run
              </ButtonLink>
            }
          >
            Until it is live there is nothing to configure.
          </Notice>
        </div>
      )}
      {live && <QuickFacts apis={apis} keys={keys} report={report} clusters={environment.clusters} />}
      {checklist && <Checklist steps={checklist} />}
      {live && apis.data?.[0] && (
        <TryIt api={apis.data[0]} clusters={environment.clusters} keysHref={`${base}/keys/new`} />
      )}
      <Section
        title="Where it runs"
        actions={
          plane?.latestRun && (
            <Link
              href={`${base}/runs/${plane.latestRun.id}`}
              className="text-sm text-ink-2 underline decoration-line-strong underline-offset-4 hover:text-ink"
            >
              Last run of the control plane
            </Link>
          )
        }
      >
        <ClusterRows base={base} clusters={environment.clusters} regionNames={regionNames} />
      </Section>
    </>
  );
}
