"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { KeyView } from "#app/_trpc/views.ts";
import { Button } from "#app/_ui/button.tsx";
import { Dialog } from "#app/_ui/dialog.tsx";
import { FormProblem } from "#app/_ui/problem-state.tsx";

export function RevokeKey({ org, environment, apiKey }: { org: string; environment: string; apiKey: KeyView }) {
  const trpc = useTRPC();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const revoke = useMutation(
    trpc.key.revoke.mutationOptions({
      onSuccess: async () => {
        await client.invalidateQueries({ queryKey: trpc.key.list.queryKey() });
        setOpen(false);
      },
    }),
  );
  return (
    <>
      <Button look="quiet" size="sm" onClick={() => setOpen(true)}>
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
