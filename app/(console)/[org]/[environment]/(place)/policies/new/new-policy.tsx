"use client";

import { useMutation } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { AccessTabs } from "../../_access/access-tabs.tsx";
import type { AccessView } from "../../_access/views.ts";
import { PolicyForm } from "../policy-form.tsx";
import { useTRPC } from "#app/_trpc/client.tsx";
import { RowsSkeleton } from "#app/_ui/skeleton.tsx";

/** It brings a reader of YAML along. */
const PolicyEditor = dynamic(() => import("../policy-editor.tsx").then((module) => module.PolicyEditor), {
  loading: () => <RowsSkeleton what="the policy's text" />,
});

interface Props {
  org: string;
  environment: string;
  view: AccessView;
}

export function NewPolicy({ org, environment, view }: Props) {
  const trpc = useTRPC();
  const router = useRouter();
  const base = `/${org}/${environment}/policies`;
  const create = useMutation(trpc.policy.create.mutationOptions({ onSuccess: () => router.push(base) }));
  const send = async (settings: Record<string, unknown>) => {
    await create.mutateAsync({ org, environment, settings });
    return BEGINNING;
  };
  return (
    <>
      <AccessTabs base={`${base}/new`} view={view} />
      {view === "source" && (
        <PolicyEditor
          org={org}
          environment={environment}
          saved={BEGINNING}
          door={{ send, onConflict: () => undefined }}
          mayWrite
        />
      )}
      {view === "form" && (
        <PolicyForm
          org={org}
          environment={environment}
          act="Create policy"
          busy={create.isPending || create.isSuccess}
          error={create.error}
          onSubmit={(settings) => create.mutate({ org, environment, settings })}
        />
      )}
    </>
  );
}

/** What a text begins with: the one member that every policy has. */
const BEGINNING = "name: \n";
