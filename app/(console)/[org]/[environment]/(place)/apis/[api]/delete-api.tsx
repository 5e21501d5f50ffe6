"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import type { ApiInput } from "./api-input.ts";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { ApiDetail } from "#app/_trpc/views.ts";
import { DangerZone } from "#app/_ui/danger-zone.tsx";

export function DeleteApi({ input, api }: { input: ApiInput; api: ApiDetail }) {
  const trpc = useTRPC();
  const router = useRouter();
  const remove = useMutation(
    trpc.api.delete.mutationOptions({ onSuccess: () => router.push(`/${input.org}/${input.environment}/apis`) }),
  );
  return (
    <DangerZone
      act="Delete API"
      name={api.name}
      busy={remove.isPending || remove.isSuccess}
      error={remove.error}
      onConfirm={() => remove.mutate(input)}
    >
      Gateways answer 404 for {api.listenPath} seconds later. Keys and policies that name it keep their other rights.
    </DangerZone>
  );
}
