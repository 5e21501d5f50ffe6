"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { SecretsNote } from "../../_source/secrets-note.tsx";
import { SourceEditor } from "../../_source/source-editor.tsx";
import type { ApiInput } from "./api-input.ts";
import { useUpdateApi } from "./use-update-api.ts";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { ApiDetail } from "#app/_trpc/views.ts";

const rules = {
  example: "listen: /orders",
  elsewhere: {
    id: "is given by the control plane and stays as it is; take the line out",
    openapi: "is edited under OpenAPI document; take it out here",
    document: "is edited under OpenAPI document; take it out here",
  },
  mayBeEmpty: false,
};

/** All that a gateway does with this API, as text: the members of `x-causeway` in file configuration. */
export function GatewaySettings({ input, api, mayWrite }: { input: ApiInput; api: ApiDetail; mayWrite: boolean }) {
  const trpc = useTRPC();
  const client = useQueryClient();
  const update = useUpdateApi(input);
  // Through the same door as the form, with the document as it is.
  const send = async (members: Record<string, unknown>) => {
    const settings = { ...members, document: api.document };
    return (await update.mutateAsync({ ...input, version: api.version, settings })).written;
  };
  const onConflict = () => void client.invalidateQueries({ queryKey: trpc.api.get.queryKey(input) });
  return (
    <SourceEditor
      label="Gateway settings"
      intro={
        <>
          All that a gateway does with this API, in YAML; what a default says is left out. <SecretsNote />
        </>
      }
      saved={api.written}
      door={{ rules, send, onConflict }}
      members={useQuery(trpc.api.settingsMembers.queryOptions({ org: input.org }))}
      mayWrite={mayWrite}
    />
  );
}
