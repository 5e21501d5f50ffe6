"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#app/_trpc/client.tsx";
import { problemOf } from "#app/_trpc/problem.ts";
import { TextField } from "#app/_ui/field.tsx";
import { SubmitButton } from "#app/_ui/submit-button.tsx";

/** Asks for the password once more, before what a stolen session must not do. */
export function Reauthenticate({ onDone }: { onDone: () => void }) {
  const trpc = useTRPC();
  const [password, setPassword] = useState("");
  const reauthenticate = useMutation(trpc.auth.reauthenticate.mutationOptions({ onSuccess: onDone }));
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        reauthenticate.mutate({ password });
      }}
      className="grid gap-4"
    >
      <TextField
        label="Password"
        type="password"
        autoComplete="current-password"
        // The one field of a dialog that was just opened.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        hint="It was not typed for a while. Type it again to go on."
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        error={reauthenticate.error ? problemOf(reauthenticate.error).message : undefined}
      />
      <SubmitButton look="primary" disabled={password === ""} busy={reauthenticate.isPending && "Checking…"}>
        Go on
      </SubmitButton>
    </form>
  );
}
