"use client";

import { useQuery } from "@tanstack/react-query";
import { IdsByName } from "../_access/ids-by-name.tsx";
import { SourceEditor } from "../_source/source-editor.tsx";
import type { SourceDoor } from "../_source/use-save-source.ts";
import { useTRPC } from "#app/_trpc/client.tsx";

const given = "is given by the control plane and stays as it is; take the line out";
const rules = {
  example: "name: Checkout service",
  elsewhere: {
    id: given,
    hash: given,
    secret: "is shown once, when the key is made, and kept nowhere; take the line out",
    expires: "is called expiresAt here",
  },
  mayBeEmpty: false,
};

interface Props {
  org: string;
  environment: string;
  saved: string;
  door: Omit<SourceDoor, "rules">;
  mayWrite: boolean;
}

/** All of a key as text: what an entry of `keys` in file configuration says of it, without its secret. */
export function KeyEditor({ org, environment, saved, door, mayWrite }: Props) {
  const trpc = useTRPC();
  const policies = useQuery(trpc.policy.list.queryOptions({ org, environment }));
  const apis = useQuery(trpc.api.list.queryOptions({ org, environment }));
  const members = useQuery(trpc.key.settingsMembers.queryOptions({ org }));
  return (
    <>
      <IdsByName what="Ids of policies and APIs" things={[...(policies.data ?? []), ...(apis.data ?? [])]} />
      <SourceEditor
        label="Key"
        intro={
          <>
            All that this key may do, in YAML; what a default says is left out. Policies and APIs stand by their ids.
            The key itself is not here: only its hash is kept.
          </>
        }
        saved={saved}
        door={{ rules, ...door }}
        members={members}
        mayWrite={mayWrite}
      />
    </>
  );
}
