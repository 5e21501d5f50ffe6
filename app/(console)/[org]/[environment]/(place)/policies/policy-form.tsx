"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { apiChoices } from "../_access/api-choices.tsx";
import { bodyOf, choicesOf, partitions, valuesOf, type PolicyBody, type PolicyValues } from "./policy-form-values.ts";
import { useTRPC } from "#app/_trpc/client.tsx";
import { fieldError, problemOf } from "#app/_trpc/problem.ts";
import type { PolicyView } from "#app/_trpc/views.ts";
import { CheckboxGroup } from "#app/_ui/choice.tsx";
import { SelectField, TextField } from "#app/_ui/field.tsx";
import { FormProblem } from "#app/_ui/problem-state.tsx";
import { QueryView } from "#app/_ui/query-view.tsx";
import { Empty } from "#app/_ui/empty.tsx";
import { SubmitButton } from "#app/_ui/submit-button.tsx";

/** Members whose problems stand beside a field. */
const SHOWN = ["name", "rate", "quota", "tags", "scope"];

/** New and existing policies alike. What the form does not show, written elsewhere, stays as it was. */
export function PolicyForm({
  org,
  environment,
  policy,
  act,
  busy,
  error,
  isSaved = false,
  onSubmit,
}: {
  org: string;
  environment: string;
  policy?: PolicyView;
  act: string;
  busy: boolean;
  error: unknown;
  /** What stands in the form was just saved. */
  isSaved?: boolean;
  onSubmit: (body: PolicyBody) => void;
}) {
  const trpc = useTRPC();
  const apis = useQuery(trpc.api.list.queryOptions({ org, environment }));
  const [chosen, setChosen] = useState(choicesOf(policy));
  const [isMoreOpen, setMoreOpen] = useState(chosen.partitions.length < partitions.length);
  const { register, handleSubmit, formState } = useForm<PolicyValues>({ defaultValues: valuesOf(policy) });
  const problem = error ? problemOf(error) : null;
  const submit = handleSubmit((values) => onSubmit(bodyOf(values, chosen, policy)));
  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="grid max-w-2xl gap-6">
      <div className="grid gap-5 sm:grid-cols-2">
        <TextField
          label="Name"
          autoComplete="off"
          placeholder="Partners"
          error={formState.errors.name?.message ?? fieldError(problem, "name")}
          {...register("name", { required: "Name the policy" })}
        />
        <SelectField label="State" {...register("state")}>
          <option value="active">Active</option>
          <option value="inactive">Inactive: its keys are refused</option>
        </SelectField>
        <TextField
          label="Rate"
          optional
          mono
          placeholder="100/s"
          hint="Over all that it opens."
          error={fieldError(problem, "rate")}
          {...register("rate")}
        />
        <TextField
          label="Quota"
          optional
          mono
          placeholder="1000000/30d"
          hint="Calls in a longer span."
          error={fieldError(problem, "quota")}
          {...register("quota")}
        />
        <SelectField label="Limits hold for" error={fieldError(problem, "scope")} {...register("scope")}>
          <option value="key">Each key</option>
          <option value="policy">All keys together</option>
        </SelectField>
        <TextField label="Tags" optional mono error={fieldError(problem, "tags")} {...register("tags")} />
      </div>
      <QueryView query={apis} what="APIs">
        {(list) =>
          list.length === 0 ? (
            <Empty title="Nothing to grant yet">Create an API first; it can be ticked here then.</Empty>
          ) : (
            <CheckboxGroup
              legend="APIs"
              hint="What a key with this policy may call. Single operations, paths and limits of an API are under Source."
              choices={apiChoices(list, policy?.apis ?? {})}
              values={chosen.apis}
              onChange={(apis) => setChosen({ ...chosen, apis })}
            />
          )
        }
      </QueryView>
      <details open={isMoreOpen} onToggle={(event) => setMoreOpen(event.currentTarget.open)}>
        <summary className="font-medium">More</summary>
        {/* Parts have the names of fields above: they are there once they are wanted. */}
        {isMoreOpen && (
          <div className="mt-4">
            <CheckboxGroup
              legend="Parts"
              hint="Which of its parts count. A policy of limits alone bounds what a key's other policies open."
              choices={[...partitions]}
              values={chosen.partitions}
              onChange={(parts) => setChosen({ ...chosen, partitions: parts })}
            />
          </div>
        )}
      </details>
      <FormProblem error={error} shown={SHOWN} />
      <div className="flex flex-wrap items-center gap-4">
        <SubmitButton look="primary" busy={busy && "Saving…"}>
          {act}
        </SubmitButton>
        <output className="text-sm text-ink-3">{isSaved && !formState.isDirty && "Saved and published."}</output>
      </div>
    </form>
  );
}
