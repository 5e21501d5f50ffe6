import Link from "next/link";
import { clusterLook } from "#app/(console)/[org]/_deployments/health.ts";
import type { Deployment } from "#app/_trpc/views.ts";
import { Empty } from "#app/_ui/empty.tsx";
import { Badge, State } from "#app/_ui/state.tsx";
import { Row, Table, Td, Th, rowLink } from "#app/_ui/table.tsx";

export function ClusterRows({
  base,
  clusters,
  regionNames,
}: {
  base: string;
  clusters: Deployment[];
  regionNames: Record<string, string>;
}) {
  if (clusters.length === 0)
    return (
      <Empty title="No gateways yet">
        A cluster is a set of gateway nodes: in one of our regions, or in your own network with one pasted command.
      </Empty>
    );
  return (
    <Table
      label="Gateway clusters"
      head={
        <>
          <Th>Cluster</Th>
          <Th>State</Th>
          <Th className="max-sm:hidden">Where</Th>
          <Th className="max-md:hidden">Endpoint</Th>
        </>
      }
    >
      {clusters.map((cluster) => {
        const look = clusterLook(cluster);
        return (
          <Row key={cluster.id}>
            <Td>
              <span className="flex items-center gap-2.5">
                <Link href={`${base}/clusters/${cluster.id}`} className={rowLink}>
                  {cluster.name}
                </Link>
                {cluster.kind === "hybrid_cluster" && <Badge>hybrid</Badge>}
              </span>
            </Td>
            <Td>
              <State tone={look.tone}>{look.label}</State>
            </Td>
            <Td className="text-ink-2 max-sm:hidden">
              {cluster.region ? (regionNames[cluster.region] ?? cluster.region) : "Your own network"}
            </Td>
            <Td className="max-md:hidden">
              {cluster.endpoint ? (
                <code className="text-sm text-ink-2">{cluster.endpoint}</code>
              ) : (
                <span className="text-ink-3">–</span>
              )}
            </Td>
          </Row>
        );
      })}
    </Table>
  );
}
