"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { PolicyForm } from "../policy-form.tsx";
import { useTRPC } from "#app/_trpc/client.tsx";

export function NewPolicy({ org, environment }: { org: string; environment: string }) {
  const trpc = useTRPC();
  const router = useRouter();
  const create = useMutation(
    trpc.policy.create.mutationOptions({ onSuccess: () => router.push(`/${org}/${environment}/policies`) }),
  );
  return (
    <PolicyForm
      org={org}
      environment={environment}
      act="Create policy"
      busy={create.isPending || create.isSuccess}
      error={create.error}
      onSubmit={(body) => create.mutate({ org, environment, ...body })}
    />
  );
}
