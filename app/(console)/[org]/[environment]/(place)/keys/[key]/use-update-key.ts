"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { KeyInput } from "./key-input.ts";
import { useTRPC } from "#app/_trpc/client.tsx";

/** Saves a key and shows what was saved; the version refuses a save over someone else's. */
export function useUpdateKey(input: KeyInput) {
  const trpc = useTRPC();
  const client = useQueryClient();
  return useMutation(
    trpc.key.update.mutationOptions({
      onSuccess: async (saved) => {
        client.setQueryData(trpc.key.get.queryKey(input), saved);
        await client.invalidateQueries({ queryKey: trpc.key.list.queryKey() });
      },
    }),
  );
}
