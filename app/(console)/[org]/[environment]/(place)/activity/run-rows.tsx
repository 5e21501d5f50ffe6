"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { runLooks } from "../../runs/[run]/prepare-run.ts";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { RunSummary } from "#app/_trpc/views.ts";
import { Empty } from "#app/_ui/empty.tsx";
import { QueryView } from "#app/_ui/query-view.tsx";
import { State } from "#app/_ui/state.tsx";
import { Row, Table, Td, Th, rowLink } from "#app/_ui/table.tsx";
import { durationText } from "#app/_ui/time.ts";
import { When } from "#app/_ui/when.tsx";

export function RunRows({ org, environment, first }: { org: string; environment: string; first: RunSummary[] }) {
  const trpc = useTRPC();
  const runs = useQuery({
    ...trpc.run.list.queryOptions({ org, environment, limit: 50 }),
    initialData: first,
    refetchInterval: 5_000,
  });
  return (
    <QueryView query={runs} what="runs">
      {(list) =>
        list.length === 0 ? (
          <Empty title="No runs yet">Bringing something up or destroying it leaves its story here.</Empty>
        ) : (
          <Table
            label="Runs"
            head={
              <>
                <Th>Run</Th>
                <Th>State</Th>
                <Th className="max-md:hidden">Asked by</Th>
                <Th end className="max-sm:hidden">
                  Took
                </Th>
                <Th end>When</Th>
              </>
            }
          >
            {list.map((run) => (
              <Row key={run.id}>
                <Td>
                  <Link href={`/${org}/${environment}/runs/${run.id}`} className={rowLink}>
                    {run.kind === "create" ? "Deploy" : "Destroy"} {run.deploymentName}
                  </Link>
                </Td>
                <Td>
                  <State tone={runLooks[run.state].tone}>{runLooks[run.state].label}</State>
                </Td>
                <Td className="max-w-48 truncate text-ink-2 max-md:hidden">{run.requestedBy.name}</Td>
                <Td end className="text-ink-2 max-sm:hidden">
                  {run.startedAt && run.endedAt
                    ? durationText(new Date(run.endedAt).getTime() - new Date(run.startedAt).getTime())
                    : "–"}
                </Td>
                <Td end className="text-ink-3">
                  <When at={run.queuedAt} />
                </Td>
              </Row>
            ))}
          </Table>
        )
      }
    </QueryView>
  );
}
