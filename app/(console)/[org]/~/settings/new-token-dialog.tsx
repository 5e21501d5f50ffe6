"use client";

import { useMutation } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { useTRPC } from "#app/_trpc/client.tsx";
import { fieldError, problemOf } from "#app/_trpc/problem.ts";
import type { Organisation } from "#app/_trpc/views.ts";
import { Button } from "#app/_ui/button.tsx";
import { CodeBlock } from "#app/_ui/code-block.tsx";
import { Dialog } from "#app/_ui/dialog.tsx";
import { SelectField, TextField } from "#app/_ui/field.tsx";
import { FormProblem } from "#app/_ui/problem-state.tsx";
import { Reauthenticate } from "#app/_ui/reauthenticate.tsx";
import { SubmitButton } from "#app/_ui/submit-button.tsx";

type Role = Organisation["role"];
interface Values {
  name: string;
  role: Role;
  days: string;
}

/** From the strongest down; a token's maker gives no more than they have. */
const roles: Role[] = ["owner", "admin", "developer", "viewer"];

export function NewTokenDialog({ org, role, onClose }: { org: string; role: Role; onClose: () => void }) {
  const trpc = useTRPC();
  const form = useForm<Values>({ defaultValues: { role: "developer", days: "90" } });
  const create = useMutation(trpc.apiToken.create.mutationOptions());
  const problem = create.error ? problemOf(create.error) : null;
  const submit = form.handleSubmit(({ name, role, days }) =>
    create.mutate({ org, name, role, expiresInDays: days === "" ? null : Number(days) }),
  );
  if (create.data)
    return (
      <Dialog title="Copy the token now" onClose={onClose} wide>
        <p className="mb-4 text-ink-2">It is not shown again: only its hash is kept.</p>
        <CodeBlock label="Your new API token" text={create.data.token} />
        <div className="mt-4 flex justify-end">
          <Button onClick={onClose}>Done</Button>
        </div>
      </Dialog>
    );
  return (
    <Dialog title="New API token" onClose={onClose}>
      {problem?.code === "needs_reauthentication" ? (
        <Reauthenticate onDone={() => void submit()} />
      ) : (
        <form noValidate onSubmit={(event) => void submit(event)} className="mt-4 grid gap-5">
          <TextField
            label="Name"
            autoComplete="off"
            placeholder="Deploy pipeline"
            error={form.formState.errors.name?.message ?? fieldError(problem, "name")}
            {...form.register("name", { required: "Name it after what uses it" })}
          />
          <SelectField label="Role" {...form.register("role")}>
            {roles.slice(roles.indexOf(role)).map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </SelectField>
          <SelectField label="Expires" {...form.register("days")}>
            <option value="30">In 30 days</option>
            <option value="90">In 90 days</option>
            <option value="365">In a year</option>
            <option value="">Never</option>
          </SelectField>
          <FormProblem error={problem && problem.fields.length === 0 ? create.error : null} />
          <div className="flex justify-end gap-2">
            <Button onClick={onClose}>Cancel</Button>
            <SubmitButton look="primary" busy={create.isPending && "Creating…"}>
              Create token
            </SubmitButton>
          </div>
        </form>
      )}
    </Dialog>
  );
}
