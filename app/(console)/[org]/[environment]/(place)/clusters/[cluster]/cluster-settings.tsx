"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { GatewaySettings } from "../../_gateways/gateway-settings.tsx";
import { revisionLook } from "#app/(console)/[org]/_deployments/health.ts";
import type { ClusterDetail, GatewayNode, GatewaySettingsDetail } from "#app/_trpc/views.ts";
import { Notice } from "#app/_ui/state.tsx";

interface Props {
  org: string;
  environment: string;
  cluster: ClusterDetail;
  first: GatewaySettingsDetail | undefined;
  mayWrite: boolean;
}

/** What the gateways of this cluster are told, and which of them cannot carry it out. */
export function ClusterSettings({ org, environment, cluster, first, mayWrite }: Props) {
  const place = `/${org}/${environment}`;
  const base = `${place}/clusters/${cluster.id}`;
  const standing = cluster.nodes.filter(({ revokedAt }) => revokedAt === null);
  const refusing = standing.filter((node) => revisionLook(node).detail);
  const older = standing.filter(({ live }) => live?.connected && !live.takesSettings);
  return (
    <>
      {refusing.length > 0 && <Refused base={base} nodes={refusing} />}
      {older.length > 0 && <Older base={base} nodes={older} />}
      <GatewaySettings
        input={{ org, environment, cluster: cluster.id }}
        first={first}
        intro={
          <>
            What the gateways of this cluster are told of themselves, enforced on connected nodes at once. It goes
            before what{" "}
            <Link href={`${place}/settings?view=gateways`} className="underline underline-offset-2">
              all clusters
            </Link>{" "}
            are told, member by member; what a node’s own file says goes before both.
          </>
        }
        mayWrite={mayWrite}
      />
    </>
  );
}

interface Listed {
  base: string;
  nodes: GatewayNode[];
}

function Refused({ base, nodes }: Listed) {
  return (
    <NodeNotice title="Not every node could carry out the newest revision">
      {nodes.map((node) => (
        <li key={node.id} className="break-words">
          <NodeLink base={base} node={node} /> goes on serving the one before. {revisionLook(node).detail}
        </li>
      ))}
    </NodeNotice>
  );
}

function Older({ base, nodes }: Listed) {
  return (
    <NodeNotice title="Not every node takes settings from here">
      {nodes.map((node) => (
        <li key={node.id}>
          <NodeLink base={base} node={node} /> is of version {node.version}, and is sent its APIs alone. Update it.
        </li>
      ))}
    </NodeNotice>
  );
}

function NodeNotice({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="mb-6">
      <Notice tone="signal" title={title}>
        <ul>{children}</ul>
      </Notice>
    </div>
  );
}

function NodeLink({ base, node }: { base: string; node: GatewayNode }) {
  return (
    <Link href={`${base}/nodes/${node.id}`} className="underline underline-offset-2">
      {node.hostname}
    </Link>
  );
}
