"use client";

import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import Link from "next/link";
import { useState } from "react";
import { KeyState } from "./key-state.tsx";
import { RevokeKey } from "./revoke-key.tsx";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { KeyView } from "#app/_trpc/views.ts";
import { Empty } from "#app/_ui/empty.tsx";
import { QueryView } from "#app/_ui/query-view.tsx";
import { SearchField } from "#app/_ui/search-field.tsx";
import { Row, Table, Td, Th, rowLink } from "#app/_ui/table.tsx";
import { When } from "#app/_ui/when.tsx";

interface Props {
  org: string;
  environment: string;
  first: KeyView[] | undefined;
  mayWrite: boolean;
}

export function KeyList({ org, environment, first, mayWrite }: Props) {
  const trpc = useTRPC();
  const [search, setSearch] = useState("");
  const keys = useQuery({ ...trpc.key.list.queryOptions({ org, environment }), initialData: first });
  const apis = useQuery(trpc.api.list.queryOptions({ org, environment }));
  const nameOf = (id: string) => apis.data?.find((api) => api.id === id)?.name ?? id;
  const matches = (key: KeyView) =>
    `${key.name} ${key.hint} ${key.id}`.toLowerCase().includes(search.trim().toLowerCase());
  return (
    <QueryView query={keys} what="keys">
      {(list) =>
        list.length === 0 ? (
          <Empty title="No keys yet">
            Make one for whoever shall call. It opens what its policies name, or single APIs.
          </Empty>
        ) : (
          <>
            <SearchField label="Search by name or first characters" value={search} onChange={setSearch} />
            <Table
              label="Keys of this environment"
              head={
                <>
                  <Th>Name</Th>
                  <Th>State</Th>
                  <Th className="max-md:hidden">Opens</Th>
                  <Th className="max-lg:hidden">Expires</Th>
                  <Th className="max-lg:hidden">Created</Th>
                  <Th end>
                    <span className="sr-only">Acts</span>
                  </Th>
                </>
              }
            >
              {list.filter(matches).map((key) => (
                <Row key={key.id}>
                  <Td>
                    <Link href={`/${org}/${environment}/keys/${key.id}`} className={clsx("block", rowLink)}>
                      {key.name}
                    </Link>
                    <code className="text-xs text-ink-3">{key.hint}</code>
                  </Td>
                  <Td>
                    <KeyState apiKey={key} />
                  </Td>
                  <Td className="text-ink-2 max-md:hidden">
                    {[...key.policies.map(({ name }) => name), ...Object.keys(key.apis).map(nameOf)].join(", ") ||
                      "Nothing"}
                  </Td>
                  <Td className="text-ink-3 max-lg:hidden">{key.expiresAt ? <When at={key.expiresAt} /> : "never"}</Td>
                  <Td className="text-ink-3 max-lg:hidden">
                    <When at={key.createdAt} />
                  </Td>
                  <Td end>
                    {mayWrite && key.state !== "revoked" && (
                      <span className="relative">
                        <RevokeKey org={org} environment={environment} apiKey={key} />
                      </span>
                    )}
                  </Td>
                </Row>
              ))}
            </Table>
          </>
        )
      }
    </QueryView>
  );
}
