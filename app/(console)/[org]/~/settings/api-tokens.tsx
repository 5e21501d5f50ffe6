"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useState } from "react";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { ApiToken, Organisation } from "#app/_trpc/views.ts";
import { Button } from "#app/_ui/button.tsx";
import { Empty } from "#app/_ui/empty.tsx";
import { Section } from "#app/_ui/panel.tsx";
import { FormProblem } from "#app/_ui/problem-state.tsx";
import { QueryView } from "#app/_ui/query-view.tsx";
import { Badge } from "#app/_ui/state.tsx";
import { Row, Table, Td, Th } from "#app/_ui/table.tsx";
import { When } from "#app/_ui/when.tsx";

/** Fetched by those who open it: the page itself has no form. */
const NewTokenDialog = dynamic(() => import("./new-token-dialog.tsx").then((module) => module.NewTokenDialog));

export function ApiTokens({ org, role, mayWrite }: { org: string; role: Organisation["role"]; mayWrite: boolean }) {
  const trpc = useTRPC();
  const [open, setOpen] = useState(false);
  const tokens = useQuery(trpc.apiToken.list.queryOptions({ org }));
  const revoke = useMutation(trpc.apiToken.revoke.mutationOptions());
  return (
    <Section
      title="API tokens"
      hint={
        <>
          For scripts and pipelines, at <code>/api/v1</code>. Each is shown once.
        </>
      }
      actions={
        mayWrite && (
          <Button size="sm" onClick={() => setOpen(true)}>
            New token
          </Button>
        )
      }
    >
      <FormProblem error={revoke.error} />
      <QueryView query={tokens} what="API tokens">
        {(list) =>
          list.length === 0 ? (
            <Empty title="No tokens">
              Make one for a pipeline; it does no more than its role, and no more than you.
            </Empty>
          ) : (
            <TokenRows
              tokens={list}
              revoking={revoke.isPending}
              onRevoke={mayWrite ? (token) => revoke.mutate({ org, token }) : null}
            />
          )
        }
      </QueryView>
      {open && <NewTokenDialog org={org} role={role} onClose={() => setOpen(false)} />}
    </Section>
  );
}

function TokenRows({
  tokens,
  revoking,
  onRevoke,
}: {
  tokens: ApiToken[];
  revoking: boolean;
  onRevoke: ((token: string) => void) | null;
}) {
  return (
    <Table
      label="API tokens"
      head={
        <>
          <Th>Token</Th>
          <Th>Role</Th>
          <Th className="max-sm:hidden">Last used</Th>
          <Th className="max-sm:hidden">Expires</Th>
          <Th end>
            <span className="sr-only">Acts</span>
          </Th>
        </>
      }
    >
      {tokens.map((token) => (
        <Row key={token.id}>
          <Td>
            <span className="block font-medium">{token.name}</span>
            <code className="text-xs text-ink-3">{token.hint}</code>
          </Td>
          <Td>
            <Badge>{token.role}</Badge>
          </Td>
          <Td className="text-ink-3 max-sm:hidden">{token.lastUsedAt ? <When at={token.lastUsedAt} /> : "never"}</Td>
          <Td className="text-ink-3 max-sm:hidden">{token.expiresAt ? <When at={token.expiresAt} /> : "never"}</Td>
          <Td end>
            {onRevoke && (
              <Button look="quiet" size="sm" disabled={revoking} onClick={() => onRevoke(token.id)}>
                Revoke
              </Button>
            )}
          </Td>
        </Row>
      ))}
    </Table>
  );
}
