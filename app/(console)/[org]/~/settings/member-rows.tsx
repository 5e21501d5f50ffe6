"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { Member } from "#app/_trpc/views.ts";
import { QueryView } from "#app/_ui/query-view.tsx";
import { Badge, State } from "#app/_ui/state.tsx";
import { Row, Table, Td, Th } from "#app/_ui/table.tsx";
import { When } from "#app/_ui/when.tsx";

export function MemberRows({ org, first, me }: { org: string; first: Member[] | undefined; me: string }) {
  const trpc = useTRPC();
  const members = useQuery({ ...trpc.member.list.queryOptions({ org }), initialData: first });
  return (
    <QueryView query={members} what="members">
      {(list) => (
        <Table
          label="Members"
          head={
            <>
              <Th>Person</Th>
              <Th>Role</Th>
              <Th className="max-sm:hidden">E-mail address</Th>
              <Th end className="max-sm:hidden">
                Joined
              </Th>
            </>
          }
        >
          {list.map((member) => (
            <Row key={member.userId}>
              <Td>
                <span className="font-medium">{member.name}</span>
                {member.userId === me && <span className="text-ink-3"> (you)</span>}
                <span className="block text-sm text-ink-3">{member.email}</span>
              </Td>
              <Td>
                <Badge>{member.role}</Badge>
              </Td>
              <Td className="max-sm:hidden">
                <State tone={member.emailVerified ? "good" : "signal"}>
                  {member.emailVerified ? "Verified" : "Not verified"}
                </State>
              </Td>
              <Td end className="text-ink-3 max-sm:hidden">
                <When at={member.joinedAt} />
              </Td>
            </Row>
          ))}
        </Table>
      )}
    </QueryView>
  );
}
