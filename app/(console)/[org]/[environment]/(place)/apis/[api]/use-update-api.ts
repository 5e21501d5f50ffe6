"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ApiInput } from "./api-input.ts";
import { useTRPC } from "#app/_trpc/client.tsx";

/** Saves an API and shows what was saved; the version refuses a save over someone else's. */
export function useUpdateApi(input: ApiInput) {
  const trpc = useTRPC();
  const client = useQueryClient();
  return useMutation(
    trpc.api.update.mutationOptions({
      onSuccess: async (saved) => {
        client.setQueryData(trpc.api.get.queryKey(input), saved);
        await client.invalidateQueries({ queryKey: trpc.api.list.queryKey() });
      },
    }),
  );
}
