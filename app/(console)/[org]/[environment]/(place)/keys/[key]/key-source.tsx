"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { IdsByName } from "../../_access/ids-by-name.tsx";
import { SourceEditor } from "../../_source/source-editor.tsx";
import type { KeyInput } from "./key-input.ts";
import { useUpdateKey } from "./use-update-key.ts";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { KeyDetail } from "#app/_trpc/views.ts";

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

/** All of a key as text: what an entry of `keys` in file configuration says of it, without its secret. */
export function KeySource({ input, apiKey, mayWrite }: { input: KeyInput; apiKey: KeyDetail; mayWrite: boolean }) {
  const trpc = useTRPC();
  const client = useQueryClient();
  const update = useUpdateKey(input);
  const send = async (settings: Record<string, unknown>) =>
    (await update.mutateAsync({ ...input, version: apiKey.version, settings })).written;
  const onConflict = () => void client.invalidateQueries({ queryKey: trpc.key.get.queryKey(input) });
  const { org, environment } = input;
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
        saved={apiKey.written}
        door={{ rules, send, onConflict }}
        members={members}
        mayWrite={mayWrite}
      />
    </>
  );
}
