"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { IdsByName } from "../../_access/ids-by-name.tsx";
import { SourceEditor } from "../../_source/source-editor.tsx";
import type { PolicyInput } from "./policy-input.ts";
import { useUpdatePolicy } from "./use-update-policy.ts";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { PolicyDetail } from "#app/_trpc/views.ts";

const rules = {
  example: "name: Partners",
  elsewhere: { id: "is given by the control plane and stays as it is; take the line out" },
  mayBeEmpty: false,
};

interface Props {
  input: PolicyInput;
  policy: PolicyDetail;
  mayWrite: boolean;
}

/** All of a policy as text: an entry of `policies` in file configuration. */
export function PolicySource({ input, policy, mayWrite }: Props) {
  const trpc = useTRPC();
  const client = useQueryClient();
  const update = useUpdatePolicy(input);
  const send = async (settings: Record<string, unknown>) =>
    (await update.mutateAsync({ ...input, version: policy.version, settings })).written;
  const onConflict = () => void client.invalidateQueries({ queryKey: trpc.policy.get.queryKey(input) });
  const apis = useQuery(trpc.api.list.queryOptions({ org: input.org, environment: input.environment }));
  const members = useQuery(trpc.policy.settingsMembers.queryOptions({ org: input.org }));
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
        saved={policy.written}
        door={{ rules, send, onConflict }}
        members={members}
        mayWrite={mayWrite}
      />
    </>
  );
}
