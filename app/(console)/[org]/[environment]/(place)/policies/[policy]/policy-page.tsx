"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import dynamic from "next/dynamic";
import { AccessTabs } from "../../_access/access-tabs.tsx";
import type { AccessView } from "../../_access/views.ts";
import { PolicyForm } from "../policy-form.tsx";
import type { PolicyInput } from "./policy-input.ts";
import { useUpdatePolicy } from "./use-update-policy.ts";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { PolicyDetail } from "#app/_trpc/views.ts";
import { DangerZone } from "#app/_ui/danger-zone.tsx";
import { PageHeader } from "#app/_ui/panel.tsx";
import { QueryView } from "#app/_ui/query-view.tsx";
import { RowsSkeleton } from "#app/_ui/skeleton.tsx";
import { State } from "#app/_ui/state.tsx";
import { When } from "#app/_ui/when.tsx";

/** It brings a reader of YAML along. */
const PolicySource = dynamic(() => import("./policy-source.tsx").then((module) => module.PolicySource), {
  loading: () => <RowsSkeleton what="the policy's text" />,
});

interface Props {
  input: PolicyInput;
  first: PolicyDetail | undefined;
  view: AccessView;
  mayWrite: boolean;
}

export function PolicyPage({ input, first, view, mayWrite }: Props) {
  const trpc = useTRPC();
  const query = useQuery({ ...trpc.policy.get.queryOptions(input), initialData: first });
  const base = `/${input.org}/${input.environment}/policies/${input.policy}`;
  return (
    <QueryView query={query} what="this policy">
      {(policy) => (
        <>
          <PageHeader title={policy.name}>
            <span className="flex flex-wrap gap-x-4">
              <State tone={policy.state === "active" ? "good" : "still"}>
                {policy.state === "active" ? "Active" : "Inactive"}
              </State>
              <span>
                {policy.keyCount} {policy.keyCount === 1 ? "key carries" : "keys carry"} it
              </span>
              <span>
                Changed <When at={policy.updatedAt} />
              </span>
            </span>
          </PageHeader>
          <AccessTabs base={base} view={view} />
          {view === "source" && <PolicySource input={input} policy={policy} mayWrite={mayWrite} />}
          {view === "form" && (
            <>
              <fieldset disabled={!mayWrite} className="contents">
                <Edit input={input} policy={policy} />
              </fieldset>
              {mayWrite && <Delete input={input} policy={policy} />}
            </>
          )}
        </>
      )}
    </QueryView>
  );
}

function Edit({ input, policy }: { input: PolicyInput; policy: PolicyDetail }) {
  const update = useUpdatePolicy(input);
  return (
    <PolicyForm
      key={policy.version}
      org={input.org}
      environment={input.environment}
      policy={policy}
      act="Save"
      busy={update.isPending}
      error={update.error}
      isSaved={update.isSuccess}
      onSubmit={(settings) => update.mutate({ ...input, version: policy.version, settings })}
    />
  );
}

function Delete({ input, policy }: { input: PolicyInput; policy: PolicyDetail }) {
  const trpc = useTRPC();
  const router = useRouter();
  const remove = useMutation(
    trpc.policy.delete.mutationOptions({ onSuccess: () => router.push(`/${input.org}/${input.environment}/policies`) }),
  );
  return (
    <div className="mt-10">
      <DangerZone
        act="Delete policy"
        name={policy.name}
        busy={remove.isPending || remove.isSuccess}
        error={remove.error}
        onConfirm={() => remove.mutate(input)}
      >
        A policy that a key carries, or that an API gives its callers, stays until nothing names it.
      </DangerZone>
    </div>
  );
}
