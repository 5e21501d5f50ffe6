"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { PolicyForm } from "../policy-form.tsx";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { PolicyView } from "#app/_trpc/views.ts";
import { DangerZone } from "#app/_ui/danger-zone.tsx";
import { PageHeader } from "#app/_ui/panel.tsx";
import { QueryView } from "#app/_ui/query-view.tsx";
import { State } from "#app/_ui/state.tsx";
import { When } from "#app/_ui/when.tsx";

interface Input {
  org: string;
  environment: string;
  policy: string;
}

export function PolicyPage({
  input,
  first,
  mayWrite,
}: {
  input: Input;
  first: PolicyView | undefined;
  mayWrite: boolean;
}) {
  const trpc = useTRPC();
  const query = useQuery({ ...trpc.policy.get.queryOptions(input), initialData: first });
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
          <fieldset disabled={!mayWrite} className="contents">
            <Edit key={policy.version} input={input} policy={policy} />
          </fieldset>
          {mayWrite && <Delete input={input} policy={policy} />}
        </>
      )}
    </QueryView>
  );
}

function Edit({ input, policy }: { input: Input; policy: PolicyView }) {
  const trpc = useTRPC();
  const client = useQueryClient();
  const update = useMutation(
    trpc.policy.update.mutationOptions({
      onSuccess: (saved) => client.setQueryData(trpc.policy.get.queryKey(input), saved),
    }),
  );
  return (
    <PolicyForm
      org={input.org}
      environment={input.environment}
      policy={policy}
      act="Save"
      busy={update.isPending}
      error={update.error}
      onSubmit={(body) => update.mutate({ ...input, version: policy.version, ...body })}
    />
  );
}

function Delete({ input, policy }: { input: Input; policy: PolicyView }) {
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
        Keys that carry it lose the rights that it gives.
      </DangerZone>
    </div>
  );
}
