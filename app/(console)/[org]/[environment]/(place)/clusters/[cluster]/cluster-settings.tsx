"use client";

import Link from "next/link";
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
  const refusing = cluster.nodes.filter((node) => node.revokedAt === null && revisionLook(node).detail);
  return (
    <>
      {refusing.length > 0 && <Refused base={`${place}/clusters/${cluster.id}`} nodes={refusing} />}
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

function Refused({ base, nodes }: { base: string; nodes: GatewayNode[] }) {
  return (
    <div className="mb-6">
      <Notice tone="signal" title="Not every node could carry out the newest revision">
        <ul>
          {nodes.map((node) => (
            <li key={node.id} className="break-words">
              <Link href={`${base}/nodes/${node.id}`} className="underline underline-offset-2">
                {node.hostname}
              </Link>{" "}
              goes on serving the one before. {revisionLook(node).detail}
            </li>
          ))}
        </ul>
      </Notice>
    </div>
  );
}
