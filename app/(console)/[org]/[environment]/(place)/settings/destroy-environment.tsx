"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useTRPC } from "#app/_trpc/client.tsx";
import { DangerZone } from "#app/_ui/danger-zone.tsx";

interface Props {
  org: string;
  environment: string;
  name: string;
  clusters: number;
}

export function DestroyEnvironment({ org, environment, name, clusters }: Props) {
  const trpc = useTRPC();
  const router = useRouter();
  const destroy = useMutation(
    trpc.environment.destroy.mutationOptions({
      onSuccess: ({ runs }) => router.push(runs[0] ? `/${org}/${environment}/runs/${runs[0]}` : `/${org}`),
    }),
  );
  return (
    <DangerZone
      act="Destroy environment"
      name={name}
      busy={destroy.isPending || destroy.isSuccess}
      error={destroy.error}
      onConfirm={(confirm) => destroy.mutate({ org, environment, confirm })}
    >
      Its control plane{clusters > 0 && ` and ${clusters === 1 ? "its cluster" : `its ${clusters} clusters`}`} are taken
      down, and with them every API, policy, key and figure in it. Nothing is left, and nothing comes back.
    </DangerZone>
  );
}
