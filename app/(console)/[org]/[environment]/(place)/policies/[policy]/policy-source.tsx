"use client";

import { useQueryClient } from "@tanstack/react-query";
import { PolicyEditor } from "../policy-editor.tsx";
import type { PolicyInput } from "./policy-input.ts";
import { useUpdatePolicy } from "./use-update-policy.ts";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { PolicyDetail } from "#app/_trpc/views.ts";

interface Props {
  input: PolicyInput;
  policy: PolicyDetail;
  mayWrite: boolean;
}

export function PolicySource({ input, policy, mayWrite }: Props) {
  const trpc = useTRPC();
  const client = useQueryClient();
  const update = useUpdatePolicy(input);
  const send = async (settings: Record<string, unknown>) =>
    (await update.mutateAsync({ ...input, version: policy.version, settings })).written;
  const onConflict = () => void client.invalidateQueries({ queryKey: trpc.policy.get.queryKey(input) });
  return (
    <PolicyEditor
      org={input.org}
      environment={input.environment}
      saved={policy.written}
      door={{ send, onConflict }}
      mayWrite={mayWrite}
    />
  );
}
