"use client";

import { useQuery } from "@tanstack/react-query";
import { ClusterSettings } from "./cluster-settings.tsx";
import { DestroyCluster } from "./destroy-cluster.tsx";
import { EnrolmentTokens } from "./enrolment-tokens.tsx";
import { NodeTable } from "./node-table.tsx";
import { views, type View } from "./views.ts";
import { NodeArrival } from "../node-arrival.tsx";
import { perSecond } from "#app/_charts/figures.ts";
import { clusterLook } from "#app/(console)/[org]/_deployments/health.ts";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { ClusterDetail, GatewaySettingsDetail } from "#app/_trpc/views.ts";
import { Facts, PageHeader, Section, type Fact } from "#app/_ui/panel.tsx";
import { Badge, Notice, State } from "#app/_ui/state.tsx";
import { CopyButton } from "#app/_ui/copy-button.tsx";
import { Tabs } from "#app/_ui/tabs.tsx";
import { When } from "#app/_ui/when.tsx";

interface Props {
  org: string;
  environment: string;
  detail: ClusterDetail;
  view: View;
  /** Read already where they are what is shown. */
  settings: GatewaySettingsDetail | undefined;
  permissions: string[];
  regionName: string | null;
}

export function ClusterPage({ org, environment, detail, view, settings, permissions, regionName }: Props) {
  const trpc = useTRPC();
  const { data: cluster } = useQuery({
    ...trpc.cluster.get.queryOptions({ org, environment, cluster: detail.id }),
    initialData: detail,
    refetchInterval: 3_000,
  });
  const base = `/${org}/${environment}/clusters`;
  const connected = cluster.nodes.filter(({ status }) => status === "connected").length;
  const look = clusterLook(cluster, cluster.planeReachable ? connected : undefined);
  const hybrid = cluster.kind === "hybrid_cluster";
  const standing = cluster.nodes.filter(({ revokedAt }) => revokedAt === null);
  const may = (permission: string) => permissions.includes(permission);
  return (
    <>
      <PageHeader title={cluster.name}>
        <span className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <State tone={look.tone}>{look.label}</State>
          {hybrid && <Badge>hybrid</Badge>}
          <span>{hybrid ? "In your own network" : regionName}</span>
          <span>
            Created <When at={cluster.createdAt} />
          </span>
          {cluster.tags.map((tag) => (
            <Badge key={tag}>{tag}</Badge>
          ))}
        </span>
      </PageHeader>
      {!cluster.planeReachable && cluster.state === "live" && (
        <div className="mb-6">
          <Notice tone="signal" title="The control plane does not answer">
            Figures of nodes are missing, not zero. The nodes go on serving what they have applied.
          </Notice>
        </div>
      )}
      <div className="mb-10">
        <Facts columns={4} items={factsOf(cluster, connected, standing.length)} />
      </div>
      <Tabs
        label="Views"
        current={view}
        tabs={views.map((tab) => ({ ...tab, href: `${base}/${cluster.id}?view=${tab.value}` }))}
      />
      {view === "nodes" && (
        <>
          <Section title="Nodes" hint={hybrid ? undefined : "Desired and applied are what each node itself says."}>
            {hybrid && cluster.nodes.length === 0 ? (
              <NodeArrival org={org} environment={environment} cluster={cluster.id}>
                Create a token below and run its command where the gateway shall live.
              </NodeArrival>
            ) : (
              <NodeTable base={`${base}/${cluster.id}`} nodes={cluster.nodes} />
            )}
          </Section>
          {hybrid && may("enrolment:read") && (
            <EnrolmentTokens
              org={org}
              environment={environment}
              cluster={cluster.id}
              mayWrite={may("enrolment:write")}
            />
          )}
          {may("cluster:destroy") && <DestroyCluster org={org} environment={environment} cluster={cluster} />}
        </>
      )}
      {view === "settings" && (
        <ClusterSettings
          org={org}
          environment={environment}
          cluster={cluster}
          first={settings}
          mayWrite={may("gateway:write")}
        />
      )}
    </>
  );
}

function factsOf(cluster: ClusterDetail, connected: number, standing: number): Fact[] {
  const heard = cluster.planeReachable && connected > 0;
  const rps = cluster.nodes.reduce((sum, { live }) => sum + (live?.rps ?? 0), 0);
  return [
    ["Endpoint", <Endpoint key="endpoint" cluster={cluster} />, "wide"],
    ["Nodes connected", cluster.planeReachable ? `${connected} of ${cluster.nodesWanted ?? standing}` : "Not known"],
    ["Calls a second", perSecond(heard ? rps : null)],
  ];
}

function Endpoint({ cluster }: { cluster: ClusterDetail }) {
  if (!cluster.endpoint) return cluster.kind === "hybrid_cluster" ? "Where you put it" : "When it is live";
  return (
    <span className="-my-1 flex items-center gap-1">
      <code className="truncate text-sm">{cluster.endpoint}</code>
      <CopyButton text={cluster.endpoint} />
    </span>
  );
}
