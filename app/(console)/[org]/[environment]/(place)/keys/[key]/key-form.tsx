"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { bodyOf, choicesOf, valuesOf, type KeyValues } from "../key-form-values.ts";
import { canBeLines } from "../metadata-lines.ts";
import { MoreFields } from "../more-fields.tsx";
import { RightsFields } from "../rights-fields.tsx";
import type { KeyInput } from "./key-input.ts";
import type { useUpdateKey } from "./use-update-key.ts";
import { useTRPC } from "#app/_trpc/client.tsx";
import { fieldError, problemOf } from "#app/_trpc/problem.ts";
import type { KeyDetail } from "#app/_trpc/views.ts";
import { SelectField, TextField } from "#app/_ui/field.tsx";
import { FormProblem } from "#app/_ui/problem-state.tsx";
import { SubmitButton } from "#app/_ui/submit-button.tsx";

/** Members whose problems stand beside a field. */
const SHOWN = ["name", "expiresAt", "rate", "quota", "tags", "metadata", "boundCertificate"];

interface Props {
  input: KeyInput;
  apiKey: KeyDetail;
  /** Of the page, since the form begins anew with what was saved. */
  update: ReturnType<typeof useUpdateKey>;
  mayWrite: boolean;
}

/** What most people change of a key. What the form does not show, written elsewhere, stays as it was. */
export function KeyForm({ input, apiKey, update, mayWrite }: Props) {
  const trpc = useTRPC();
  const { org, environment } = input;
  const policies = useQuery(trpc.policy.list.queryOptions({ org, environment }));
  const apis = useQuery(trpc.api.list.queryOptions({ org, environment }));
  const [chosen, setChosen] = useState(choicesOf(apiKey));
  const { register, handleSubmit, formState } = useForm<KeyValues>({ defaultValues: valuesOf(apiKey) });
  const problem = update.error ? problemOf(update.error) : null;
  const submit = handleSubmit((values) =>
    update.mutate({ ...input, version: apiKey.version, settings: bodyOf(values, chosen, apiKey) }),
  );
  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <fieldset disabled={!mayWrite} className="grid max-w-2xl gap-6">
        <div className="grid gap-5 sm:grid-cols-2">
          <TextField
            label="Name"
            autoComplete="off"
            error={formState.errors.name?.message ?? fieldError(problem, "name")}
            {...register("name", { required: "Name the key after who holds it" })}
          />
          <SelectField label="State" {...register("state")}>
            <option value="active">Active</option>
            <option value="inactive">Inactive: calls with it are refused</option>
          </SelectField>
          <TextField
            label="Expires"
            optional
            type="datetime-local"
            step={1}
            hint="In your time; empty: never."
            error={fieldError(problem, "expiresAt")}
            {...register("expires")}
          />
          <TextField
            label="Rate"
            optional
            mono
            placeholder="100/s"
            hint="Of its own, in place of the policies'."
            error={fieldError(problem, "rate")}
            {...register("rate")}
          />
        </div>
        <RightsFields policies={policies} apis={apis} granted={apiKey.apis} chosen={chosen} onChoose={setChosen} />
        <MoreFields field={register} problem={problem} canEditMetadata={canBeLines(apiKey.metadata)} />
        <FormProblem error={update.error} shown={SHOWN} />
        {mayWrite && (
          <div className="flex flex-wrap items-center gap-4">
            <SubmitButton look="primary" busy={update.isPending && "Saving…"}>
              Save
            </SubmitButton>
            <output className="text-sm text-ink-3">
              {update.isSuccess && !formState.isDirty && "Saved, and sent to every gateway."}
            </output>
          </div>
        )}
      </fieldset>
    </form>
  );
}
