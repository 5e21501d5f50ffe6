"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { DangerZone } from "#app/_ui/danger-zone.tsx";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { ClusterDetail } from "#app/_trpc/views.ts";

export function DestroyCluster({
  org,
  environment,
  cluster,
}: {
  org: string;
  environment: string;
  cluster: ClusterDetail;
}) {
  const trpc = useTRPC();
  const router = useRouter();
  const destroy = useMutation(
    trpc.cluster.destroy.mutationOptions({
      onSuccess: ({ run }) =>
        router.push(run ? `/${org}/${environment}/runs/${run}` : `/${org}/${environment}/clusters`),
    }),
  );
  return (
    <DangerZone
      act="Destroy cluster"
      name={cluster.name}
      busy={destroy.isPending || destroy.isSuccess}
      error={destroy.error}
      onConfirm={(confirm) => destroy.mutate({ org, environment, cluster: cluster.id, confirm })}
    >
      {cluster.kind === "hybrid_cluster"
        ? "Its nodes lose their credentials and stop taking configuration. What you run in your network is yours to stop."
        : "Its gateways stop at once and its endpoint is gone. Other clusters go on."}
    </DangerZone>
  );
}
