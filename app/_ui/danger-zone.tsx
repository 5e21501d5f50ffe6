"use client";

import { useState, type ReactNode } from "react";
import { problemOf } from "#app/_trpc/problem.ts";
import { Button } from "#app/_ui/button.tsx";
import { Dialog } from "#app/_ui/dialog.tsx";
import { TextField } from "#app/_ui/field.tsx";
import { Section } from "#app/_ui/panel.tsx";
import { FormProblem } from "#app/_ui/problem-state.tsx";
import { Reauthenticate } from "#app/_ui/reauthenticate.tsx";
import { SubmitButton } from "#app/_ui/submit-button.tsx";

/** What cannot be undone: the name is typed, and the password where it was not typed for a while. */
export function DangerZone({
  act,
  name,
  busy,
  error,
  onConfirm,
  children,
}: {
  /** The button: `Destroy cluster`. */
  act: string;
  /** What has to be typed. */
  name: string;
  busy: boolean;
  error: unknown;
  onConfirm: (confirm: string) => void;
  children: ReactNode;
}) {
  const [open, setOpen] = useState(false);
  return (
    <Section title="Danger zone">
      <div className="flex flex-wrap items-center justify-between gap-4 rounded-lg border border-bad/40 bg-surface px-4 py-3.5">
        <p className="min-w-0 flex-1 basis-64 text-ink-2">{children}</p>
        <Button look="danger" onClick={() => setOpen(true)}>
          {act}
        </Button>
      </div>
      {open && (
        <Confirm act={act} name={name} busy={busy} error={error} onConfirm={onConfirm} onClose={() => setOpen(false)}>
          {children}
        </Confirm>
      )}
    </Section>
  );
}

function Confirm({
  act,
  name,
  busy,
  error,
  onConfirm,
  onClose,
  children,
}: Parameters<typeof DangerZone>[0] & { onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const wantsPassword = Boolean(error) && problemOf(error).code === "needs_reauthentication";
  return (
    <Dialog title={`${act} ${name}?`} onClose={onClose}>
      <p className="mb-5 text-ink-2">{children}</p>
      {wantsPassword ? (
        <Reauthenticate onDone={() => onConfirm(typed)} />
      ) : (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (typed === name) onConfirm(typed);
          }}
          className="grid gap-4"
        >
          <TextField
            label={`Type ${name} to confirm`}
            autoComplete="off"
            // The one field of a dialog that was just opened.
            // oxlint-disable-next-line jsx-a11y/no-autofocus
            autoFocus
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
          <FormProblem error={error} />
          <div className="flex justify-end gap-2">
            <Button onClick={onClose}>Keep it</Button>
            <SubmitButton look="danger" disabled={typed !== name || busy} busy={busy && "Starting…"}>
              {act}
            </SubmitButton>
          </div>
        </form>
      )}
    </Dialog>
  );
}
