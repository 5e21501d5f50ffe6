"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#app/_trpc/client.tsx";
import { Empty } from "#app/_ui/empty.tsx";
import { QueryView } from "#app/_ui/query-view.tsx";
import { Row, Table, Td, Th } from "#app/_ui/table.tsx";
import { When } from "#app/_ui/when.tsx";

/** Every configuration that the control plane has signed, newest first. */
export function RevisionRows({ org, environment }: { org: string; environment: string }) {
  const trpc = useTRPC();
  const revisions = useQuery(trpc.revision.list.queryOptions({ org, environment }));
  return (
    <QueryView query={revisions} what="revisions">
      {(list) =>
        list.length === 0 ? (
          <Empty title="No revisions yet">
            Each change of APIs, policies or keys is published as a signed, numbered revision.
          </Empty>
        ) : (
          <Table
            label="Revisions"
            head={
              <>
                <Th>Revision</Th>
                <Th>Change</Th>
                <Th className="max-md:hidden">By</Th>
                <Th className="max-lg:hidden">Hash</Th>
                <Th end>When</Th>
              </>
            }
          >
            {list.map((revision) => (
              <Row key={revision.revision}>
                <Td className="font-medium">{revision.revision}</Td>
                <Td>{revision.summary}</Td>
                <Td className="max-w-48 truncate text-ink-2 max-md:hidden">{revision.actor.name}</Td>
                <Td className="max-lg:hidden">
                  <code className="text-xs text-ink-3">{revision.hash.slice(0, 12)}</code>
                </Td>
                <Td end className="text-ink-3">
                  <When at={revision.createdAt} />
                </Td>
              </Row>
            ))}
          </Table>
        )
      }
    </QueryView>
  );
}
