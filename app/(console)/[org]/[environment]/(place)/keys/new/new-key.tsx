"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { AccessTabs } from "../../_access/access-tabs.tsx";
import type { AccessView } from "../../_access/views.ts";
import { KeyShownOnce } from "./key-shown-once.tsx";
import { NewKeyForm } from "./new-key-form.tsx";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { ApiView, PolicyView } from "#app/_trpc/views.ts";
import { RowsSkeleton } from "#app/_ui/skeleton.tsx";

/** It brings a reader of YAML along. */
const KeyEditor = dynamic(() => import("../key-editor.tsx").then((module) => module.KeyEditor), {
  loading: () => <RowsSkeleton what="the key's text" />,
});

interface Props {
  org: string;
  environment: string;
  view: AccessView;
  first: { policies?: PolicyView[]; apis?: ApiView[] };
  /** Where a call with the key can go; null while no cluster is live. */
  endpoint: string | null;
}

export function NewKey({ org, environment, view, first, endpoint }: Props) {
  const trpc = useTRPC();
  const input = { org, environment };
  const policies = useQuery({ ...trpc.policy.list.queryOptions(input), initialData: first.policies });
  const apis = useQuery({ ...trpc.api.list.queryOptions(input), initialData: first.apis });
  const create = useMutation(trpc.key.create.mutationOptions());
  const base = `/${org}/${environment}`;
  if (create.data)
    return (
      <KeyShownOnce
        created={create.data}
        endpoint={endpoint}
        apis={apis.data ?? []}
        policies={policies.data ?? []}
        base={base}
      />
    );
  const send = async (settings: Record<string, unknown>) => {
    await create.mutateAsync({ ...input, settings });
    return BEGINNING;
  };
  return (
    <>
      <AccessTabs base={`${base}/keys/new`} view={view} />
      {view === "form" && (
        <NewKeyForm
          policies={policies}
          apis={apis}
          error={create.error}
          busy={create.isPending}
          onSubmit={(settings) => create.mutate({ ...input, settings })}
        />
      )}
      {view === "source" && (
        <KeyEditor {...input} saved={BEGINNING} door={{ send, onConflict: () => undefined }} mayWrite />
      )}
    </>
  );
}

/** What a text begins with: the one member that every key has. */
const BEGINNING = "name: \n";
