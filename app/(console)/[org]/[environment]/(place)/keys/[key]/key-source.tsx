"use client";

import { useQueryClient } from "@tanstack/react-query";
import { KeyEditor } from "../key-editor.tsx";
import type { KeyInput } from "./key-input.ts";
import { useUpdateKey } from "./use-update-key.ts";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { KeyDetail } from "#app/_trpc/views.ts";

export function KeySource({ input, apiKey, mayWrite }: { input: KeyInput; apiKey: KeyDetail; mayWrite: boolean }) {
  const trpc = useTRPC();
  const client = useQueryClient();
  const update = useUpdateKey(input);
  const send = async (settings: Record<string, unknown>) =>
    (await update.mutateAsync({ ...input, version: apiKey.version, settings })).written;
  const onConflict = () => void client.invalidateQueries({ queryKey: trpc.key.get.queryKey(input) });
  return (
    <KeyEditor
      org={input.org}
      environment={input.environment}
      saved={apiKey.written}
      door={{ send, onConflict }}
      mayWrite={mayWrite}
    />
  );
}
