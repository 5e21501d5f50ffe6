"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { ApiView } from "#app/_trpc/views.ts";
import { Empty } from "#app/_ui/empty.tsx";
import { QueryView } from "#app/_ui/query-view.tsx";
import { keepSearchInUrl, SearchField } from "#app/_ui/search-field.tsx";
import { Badge, State } from "#app/_ui/state.tsx";
import { Row, Table, Td, Th, rowLink } from "#app/_ui/table.tsx";
import { When } from "#app/_ui/when.tsx";

interface Props {
  org: string;
  environment: string;
  first: ApiView[] | undefined;
  search: string;
}

export function ApiList({ org, environment, first, search: given }: Props) {
  const trpc = useTRPC();
  const [search, setSearch] = useState(given);
  const apis = useQuery({ ...trpc.api.list.queryOptions({ org, environment }), initialData: first });
  return (
    <QueryView query={apis} what="APIs">
      {(list) =>
        list.length === 0 ? (
          <Empty title="Nothing is served yet">
            Bring an OpenAPI document, as a file, a URL or pasted. The gateways serve it seconds later.
          </Empty>
        ) : (
          <>
            <SearchField
              label="Search by name, path or upstream"
              value={search}
              onChange={(text) => {
                setSearch(text);
                keepSearchInUrl(text);
              }}
            />
            <Rows base={`/${org}/${environment}/apis`} apis={list.filter((api) => matches(api, search))} />
          </>
        )
      }
    </QueryView>
  );
}

const matches = (api: ApiView, search: string) =>
  `${api.name} ${api.listenPath} ${api.upstreamUrl} ${api.tags.join(" ")}`
    .toLowerCase()
    .includes(search.trim().toLowerCase());

function Rows({ base, apis }: { base: string; apis: ApiView[] }) {
  if (apis.length === 0) return <Empty title="Nothing matches">Try a shorter word.</Empty>;
  return (
    <Table
      label="APIs of this environment"
      head={
        <>
          <Th>Name</Th>
          <Th>Listen path</Th>
          <Th className="max-md:hidden">Upstream</Th>
          <Th className="max-sm:hidden">Authentication</Th>
          <Th end className="max-lg:hidden">
            Operations
          </Th>
          <Th end className="max-lg:hidden">
            Changed
          </Th>
        </>
      }
    >
      {apis.map((api) => (
        <Row key={api.id}>
          <Td>
            <span className="flex items-center gap-2.5">
              <Link href={`${base}/${api.id}`} className={rowLink}>
                {api.name}
              </Link>
              {api.state === "inactive" && <State tone="still">inactive</State>}
            </span>
          </Td>
          <Td>
            <code className="text-sm">{api.listenPath}</code>
          </Td>
          <Td className="max-w-64 truncate text-ink-2 max-md:hidden">
            <code className="text-sm">{api.upstreamUrl}</code>
          </Td>
          <Td className="max-sm:hidden">
            <Badge tone={api.authSummary === "none" ? "signal" : "still"}>
              {api.authSummary === "none" ? "open" : api.authSummary}
            </Badge>
          </Td>
          <Td end className="text-ink-2 max-lg:hidden">
            {api.operationCount}
          </Td>
          <Td end className="text-ink-3 max-lg:hidden">
            <When at={api.updatedAt} />
          </Td>
        </Row>
      ))}
    </Table>
  );
}
