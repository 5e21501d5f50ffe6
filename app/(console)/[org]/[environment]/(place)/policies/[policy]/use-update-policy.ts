"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { PolicyInput } from "./policy-input.ts";
import { useTRPC } from "#app/_trpc/client.tsx";

/** Saves a policy and shows what was saved; the version refuses a save over someone else's. */
export function useUpdatePolicy(input: PolicyInput) {
  const trpc = useTRPC();
  const client = useQueryClient();
  return useMutation(
    trpc.policy.update.mutationOptions({
      onSuccess: async (saved) => {
        client.setQueryData(trpc.policy.get.queryKey(input), saved);
        await client.invalidateQueries({ queryKey: trpc.policy.list.queryKey() });
      },
    }),
  );
}
