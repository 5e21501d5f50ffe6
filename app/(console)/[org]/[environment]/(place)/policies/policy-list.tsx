"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { PolicyView } from "#app/_trpc/views.ts";
import { Empty } from "#app/_ui/empty.tsx";
import { QueryView } from "#app/_ui/query-view.tsx";
import { rateText } from "#contracts/quantity-text.ts";
import { SearchField } from "#app/_ui/search-field.tsx";
import { State } from "#app/_ui/state.tsx";
import { Row, Table, Td, Th, rowLink } from "#app/_ui/table.tsx";

export function PolicyList({
  org,
  environment,
  first,
}: {
  org: string;
  environment: string;
  first: PolicyView[] | undefined;
}) {
  const trpc = useTRPC();
  const [search, setSearch] = useState("");
  const policies = useQuery({ ...trpc.policy.list.queryOptions({ org, environment }), initialData: first });
  return (
    <QueryView query={policies} what="policies">
      {(list) =>
        list.length === 0 ? (
          <Empty title="No policies yet">
            A policy names what may be called and how often; keys that carry it have its rights. A single key can do
            without one.
          </Empty>
        ) : (
          <>
            <SearchField label="Search by name" value={search} onChange={setSearch} />
            <Rows
              base={`/${org}/${environment}/policies`}
              policies={list.filter(({ name }) => name.toLowerCase().includes(search.trim().toLowerCase()))}
            />
          </>
        )
      }
    </QueryView>
  );
}

function Rows({ base, policies }: { base: string; policies: PolicyView[] }) {
  if (policies.length === 0) return <Empty title="Nothing matches">Try a shorter word.</Empty>;
  return (
    <Table
      label="Policies of this environment"
      head={
        <>
          <Th>Name</Th>
          <Th end>APIs</Th>
          <Th end className="max-sm:hidden">
            Rate
          </Th>
          <Th end className="max-sm:hidden">
            Quota
          </Th>
          <Th end>Keys</Th>
        </>
      }
    >
      {policies.map((policy) => (
        <Row key={policy.id}>
          <Td>
            <span className="flex items-center gap-2.5">
              <Link href={`${base}/${policy.id}`} className={rowLink}>
                {policy.name}
              </Link>
              {policy.state === "inactive" && <State tone="still">inactive</State>}
            </span>
          </Td>
          <Td end>{Object.keys(policy.apis).length}</Td>
          <Td end className="text-ink-2 max-sm:hidden">
            {policy.rate ? rateText(policy.rate) : "–"}
          </Td>
          <Td end className="text-ink-2 max-sm:hidden">
            {policy.quota ? rateText(policy.quota) : "–"}
          </Td>
          <Td end>{policy.keyCount}</Td>
        </Row>
      ))}
    </Table>
  );
}
