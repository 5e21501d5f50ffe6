import Link from "next/link";
import { perSecond } from "#app/_charts/figures.ts";
import { nodeLooks, revisionLook } from "#app/(console)/[org]/_deployments/health.ts";
import type { GatewayNode } from "#app/_trpc/views.ts";
import { Empty } from "#app/_ui/empty.tsx";
import { State } from "#app/_ui/state.tsx";
import { Row, Table, Td, Th, rowLink } from "#app/_ui/table.tsx";
import { When } from "#app/_ui/when.tsx";

export function NodeTable({ base, nodes }: { base: string; nodes: GatewayNode[] }) {
  if (nodes.length === 0)
    return <Empty title="No node has enrolled">Nodes appear here while the cluster comes up.</Empty>;
  return (
    <Table
      label="Nodes"
      head={
        <>
          <Th>Node</Th>
          <Th>Link</Th>
          <Th>Revision</Th>
          <Th className="max-xl:hidden">Version</Th>
          <Th end className="max-md:hidden">
            Load
          </Th>
          <Th end className="max-md:hidden">
            Calls a second
          </Th>
          <Th end className="max-lg:hidden">
            Clock skew
          </Th>
          <Th end className="max-sm:hidden">
            Last seen
          </Th>
        </>
      }
    >
      {nodes.map((node) => {
        const revision = revisionLook(node);
        const silent = node.status === "revoked" || node.live === null;
        return (
          <Row key={node.id}>
            <Td>
              <Link href={`${base}/nodes/${node.id}`} className={rowLink}>
                {node.hostname}
              </Link>
              {/* Nodes of one machine have one name: where each listens tells them apart. */}
              {node.live && <code className="block text-xs text-ink-3 md:ml-2 md:inline">{node.live.listen}</code>}
            </Td>
            <Td>
              <State tone={nodeLooks[node.status].tone}>{nodeLooks[node.status].label}</State>
            </Td>
            <Td>
              <span title={revision.detail}>
                {silent ? <span className="text-ink-3">–</span> : <State tone={revision.tone}>{revision.label}</State>}
              </span>
            </Td>
            <Td className="text-ink-2 max-xl:hidden">{node.version}</Td>
            <Td end className="text-ink-2 max-md:hidden">
              {node.live?.load == null ? "–" : node.live.load.toFixed(2)}
            </Td>
            <Td end className="text-ink-2 max-md:hidden">
              {perSecond(node.live?.rps)}
            </Td>
            <Td end className="text-ink-2 max-lg:hidden">
              {node.live?.clockSkewMs == null ? "–" : `${Math.round(node.live.clockSkewMs)} ms`}
            </Td>
            <Td end className="text-ink-3 max-sm:hidden">
              {node.live ? <When at={node.live.lastSeenAt} /> : "–"}
            </Td>
          </Row>
        );
      })}
    </Table>
  );
}
