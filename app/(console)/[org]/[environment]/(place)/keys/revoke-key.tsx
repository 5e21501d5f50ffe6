"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { KeyView } from "#app/_trpc/views.ts";
import { Button } from "#app/_ui/button.tsx";
import { Dialog } from "#app/_ui/dialog.tsx";
import { FormProblem } from "#app/_ui/problem-state.tsx";

interface Props {
  org: string;
  environment: string;
  apiKey: KeyView;
  /** Quiet in a row of a list; the act of a page of its own. */
  look?: "quiet" | "danger";
}

export function RevokeKey({ org, environment, apiKey, look = "quiet" }: Props) {
  const trpc = useTRPC();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const revoke = useMutation(
    trpc.key.revoke.mutationOptions({
      onSuccess: async () => {
        const input = { org, environment, key: apiKey.id };
        await Promise.all([
          client.invalidateQueries({ queryKey: trpc.key.list.queryKey() }),
          client.invalidateQueries({ queryKey: trpc.key.get.queryKey(input) }),
        ]);
        setOpen(false);
      },
    }),
  );
  return (
    <>
      <Button look={look} size={look === "quiet" ? "sm" : "md"} onClick={() => setOpen(true)}>
        Revoke
      </Button>
      {open && (
        <Dialog title={`Revoke ${apiKey.name}?`} onClose={() => setOpen(false)}>
          <p className="mb-5 text-ink-2">
            Calls with <code className="text-sm">{apiKey.hint}</code> are refused within seconds. It cannot be taken
            back.
          </p>
          <FormProblem error={revoke.error} />
          <div className="mt-4 flex justify-end gap-2">
            <Button onClick={() => setOpen(false)}>Keep it</Button>
            <Button
              look="danger"
              busy={revoke.isPending && "Revoking…"}
              onClick={() => revoke.mutate({ org, environment, key: apiKey.id })}
            >
              Revoke key
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
