"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { InstallCommands } from "../install-commands.tsx";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { EnrolmentToken } from "#app/_trpc/views.ts";
import { Button } from "#app/_ui/button.tsx";
import { Empty } from "#app/_ui/empty.tsx";
import { Section } from "#app/_ui/panel.tsx";
import { FormProblem } from "#app/_ui/problem-state.tsx";
import { QueryView } from "#app/_ui/query-view.tsx";
import { Badge } from "#app/_ui/state.tsx";
import { Row, Table, Td, Th } from "#app/_ui/table.tsx";
import { When } from "#app/_ui/when.tsx";

const looks = {
  live: { label: "live", tone: "good" },
  expired: { label: "expired", tone: "still" },
  used_up: { label: "used up", tone: "still" },
  revoked: { label: "revoked", tone: "still" },
} as const satisfies Record<EnrolmentToken["state"], object>;

export function EnrolmentTokens({
  org,
  environment,
  cluster,
  mayWrite,
}: {
  org: string;
  environment: string;
  cluster: string;
  mayWrite: boolean;
}) {
  const trpc = useTRPC();
  const input = { org, environment, cluster };
  const tokens = useQuery(trpc.enrolment.list.queryOptions(input));
  const create = useMutation(trpc.enrolment.create.mutationOptions());
  const revoke = useMutation(trpc.enrolment.revoke.mutationOptions());
  return (
    <Section
      title="Enrolment tokens"
      hint="A token lets new nodes join. Nodes that have joined do not need it any more."
      actions={
        mayWrite && (
          <Button
            size="sm"
            busy={create.isPending && "Creating…"}
            onClick={() => create.mutate({ ...input, name: "Nodes", expiresInHours: 24, maxUses: null })}
          >
            Create token
          </Button>
        )
      }
    >
      <div className="grid gap-4">
        <FormProblem error={create.error ?? revoke.error} />
        {create.data && (
          <div className="grid gap-2">
            <p className="text-ink-2">Run this where the next node shall live. The token in it is not shown again.</p>
            <InstallCommands key={create.data.id} enrolment={create.data} />
          </div>
        )}
        <QueryView query={tokens} what="enrolment tokens">
          {(list) =>
            list.length === 0 ? (
              <Empty title="No tokens">Create one to let nodes join this cluster.</Empty>
            ) : (
              <Table
                label="Enrolment tokens"
                head={
                  <>
                    <Th>Token</Th>
                    <Th>State</Th>
                    <Th className="max-sm:hidden">Uses</Th>
                    <Th className="max-sm:hidden">Expires</Th>
                    <Th end>
                      <span className="sr-only">Acts</span>
                    </Th>
                  </>
                }
              >
                {list.map((token) => (
                  <Row key={token.id}>
                    <Td>
                      {token.name} <code className="ml-2 text-sm text-ink-3">{token.hint}</code>
                    </Td>
                    <Td>
                      <Badge tone={looks[token.state].tone}>{looks[token.state].label}</Badge>
                    </Td>
                    <Td className="text-ink-2 max-sm:hidden">
                      {token.uses}
                      {token.maxUses !== null && ` of ${token.maxUses}`}
                    </Td>
                    <Td className="text-ink-3 max-sm:hidden">
                      {token.expiresAt ? <When at={token.expiresAt} /> : "never"}
                    </Td>
                    <Td end>
                      {mayWrite && token.state === "live" && (
                        <Button
                          look="quiet"
                          size="sm"
                          disabled={revoke.isPending}
                          onClick={() => revoke.mutate({ ...input, token: token.id })}
                        >
                          Revoke
                        </Button>
                      )}
                    </Td>
                  </Row>
                ))}
              </Table>
            )
          }
        </QueryView>
      </div>
    </Section>
  );
}
