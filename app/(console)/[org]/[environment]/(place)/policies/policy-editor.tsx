"use client";

import { useQuery } from "@tanstack/react-query";
import { IdsByName } from "../_access/ids-by-name.tsx";
import { SourceEditor } from "../_source/source-editor.tsx";
import type { SourceDoor } from "../_source/use-save-source.ts";
import { useTRPC } from "#app/_trpc/client.tsx";

const rules = {
  example: "name: Partners",
  elsewhere: { id: "is given by the control plane and stays as it is; take the line out" },
  mayBeEmpty: false,
};

interface Props {
  org: string;
  environment: string;
  saved: string;
  door: Omit<SourceDoor, "rules">;
  mayWrite: boolean;
}

/** All of a policy as text, one that is there or one to be: an entry of `policies` in file configuration. */
export function PolicyEditor({ org, environment, saved, door, mayWrite }: Props) {
  const trpc = useTRPC();
  const apis = useQuery(trpc.api.list.queryOptions({ org, environment }));
  const members = useQuery(trpc.policy.settingsMembers.queryOptions({ org }));
  return (
    <>
      <IdsByName what="Ids of APIs" things={apis.data ?? []} />
      <SourceEditor
        label="Policy"
        intro={
          <>
            All of this policy, in YAML; what a default says is left out. APIs stand by their ids, as a list or with a
            grant for each.
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
