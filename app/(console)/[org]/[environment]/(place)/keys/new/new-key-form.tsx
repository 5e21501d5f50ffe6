"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { bodyOf, choicesOf, valuesOf, type KeyBody, type KeyValues } from "../key-form-values.ts";
import { MoreFields } from "../more-fields.tsx";
import { RightsFields } from "../rights-fields.tsx";
import { expiryOf } from "./expiry.ts";
import { fieldError, problemOf } from "#app/_trpc/problem.ts";
import type { ApiView, PolicyView } from "#app/_trpc/views.ts";
import { Empty } from "#app/_ui/empty.tsx";
import { SelectField, TextField } from "#app/_ui/field.tsx";
import { FormProblem } from "#app/_ui/problem-state.tsx";
import { SubmitButton } from "#app/_ui/submit-button.tsx";

/** Read when the form is sent, not when it is drawn. */
const readClock = () => Date.now();

/** Members of fields that are folded away, and opened where one of them is refused. */
const MORE = ["quota", "tags", "metadata", "boundCertificate"];

/** Members whose problems stand beside a field. */
const SHOWN = ["name", "expiresAt", "rate", ...MORE];

interface Values extends KeyValues {
  days: string;
}

interface Props {
  policies: UseQueryResult<PolicyView[], unknown>;
  apis: UseQueryResult<ApiView[], unknown>;
  busy: boolean;
  error: unknown;
  onSubmit: (body: KeyBody) => void;
}

export function NewKeyForm({ policies, apis, busy, error, onSubmit }: Props) {
  const [chosen, setChosen] = useState(choicesOf(undefined));
  const [isMoreOpen, setMoreOpen] = useState(false);
  const { register, handleSubmit, formState } = useForm<Values>({
    defaultValues: { ...valuesOf(undefined), days: "" },
  });
  const problem = error ? problemOf(error) : null;
  const chosenNothing = chosen.policies.length + chosen.apis.length === 0;
  const submit = handleSubmit(({ days, ...values }) => {
    if (chosenNothing) return;
    onSubmit({ ...bodyOf(values, chosen, undefined), expiresAt: expiryOf(days, readClock()) });
  });
  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="grid max-w-2xl gap-6">
      <TextField
        label="Name"
        autoComplete="off"
        placeholder="Checkout service"
        error={formState.errors.name?.message ?? fieldError(problem, "name")}
        {...register("name", { required: "Name the key after who holds it" })}
      />
      <RightsFields policies={policies} apis={apis} granted={{}} chosen={chosen} onChoose={setChosen} />
      {apis.data?.length === 0 && policies.data?.length === 0 && (
        <Empty title="Nothing to open yet">Create an API first; then a key can open it.</Empty>
      )}
      <div className="grid gap-5 sm:grid-cols-2">
        <SelectField label="Expires" error={fieldError(problem, "expiresAt")} {...register("days")}>
          <option value="">Never</option>
          <option value="30">In 30 days</option>
          <option value="90">In 90 days</option>
          <option value="365">In a year</option>
        </SelectField>
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
      <details
        open={isMoreOpen || MORE.some((name) => fieldError(problem, name))}
        onToggle={(event) => setMoreOpen(event.currentTarget.open)}
      >
        <summary className="font-medium">More</summary>
        <div className="mt-4">
          <MoreFields field={register} problem={problem} canEditMetadata />
        </div>
      </details>
      {formState.isSubmitted && chosenNothing && (
        <p role="alert" className="text-bad-ink">
          Tick a policy or an API: a key that opens nothing is of no use.
        </p>
      )}
      <FormProblem error={error} shown={SHOWN} />
      <SubmitButton look="primary" className="justify-self-start" busy={busy && "Creating…"}>
        Create key
      </SubmitButton>
    </form>
  );
}
