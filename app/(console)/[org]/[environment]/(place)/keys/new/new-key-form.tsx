"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { expiryOf } from "./expiry.ts";
import { KeyShownOnce } from "./key-shown-once.tsx";
import { useTRPC } from "#app/_trpc/client.tsx";
import { fieldError, problemOf } from "#app/_trpc/problem.ts";
import type { ApiView, PolicyView } from "#app/_trpc/views.ts";
import { Button } from "#app/_ui/button.tsx";
import { CheckboxGroup } from "#app/_ui/choice.tsx";
import { Empty } from "#app/_ui/empty.tsx";
import { SelectField, TextField } from "#app/_ui/field.tsx";
import { FormProblem } from "#app/_ui/problem-state.tsx";
import { QueryView } from "#app/_ui/query-view.tsx";

/** Read when the form is sent, not when it is drawn. */
const readClock = () => Date.now();

const apisText = (number: number) => (number === 1 ? "1 API" : `${number} APIs`);

interface Values {
  name: string;
  days: string;
  rate: string;
}

interface Props {
  org: string;
  environment: string;
  first: { policies?: PolicyView[]; apis?: ApiView[] };
  /** Where a call with the key can go; null while no cluster is live. */
  endpoint: string | null;
}

export function NewKeyForm({ org, environment, first, endpoint }: Props) {
  const trpc = useTRPC();
  const input = { org, environment };
  const policies = useQuery({ ...trpc.policy.list.queryOptions(input), initialData: first.policies });
  const apis = useQuery({ ...trpc.api.list.queryOptions(input), initialData: first.apis });
  const [chosen, setChosen] = useState({ policies: [] as string[], apis: [] as string[] });
  const { register, handleSubmit, formState } = useForm<Values>({ defaultValues: { days: "", rate: "" } });
  const create = useMutation(trpc.key.create.mutationOptions());
  if (create.data)
    return (
      <KeyShownOnce
        created={create.data}
        endpoint={endpoint}
        apis={apis.data ?? []}
        policies={policies.data ?? []}
        base={`/${org}/${environment}`}
      />
    );
  const problem = create.error ? problemOf(create.error) : null;
  const opensNothing = formState.isSubmitted && chosen.policies.length + chosen.apis.length === 0;
  const submit = handleSubmit(({ name, days, rate }) => {
    if (chosen.policies.length + chosen.apis.length === 0) return;
    create.mutate({
      ...input,
      ...chosen,
      name: name.trim(),
      expiresAt: expiryOf(days, readClock()),
      ...(rate.trim() ? { rate: rate.trim() } : {}),
    });
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
      <div className="grid gap-6 sm:grid-cols-2">
        <QueryView query={policies} what="policies">
          {(list) => (
            <CheckboxGroup
              legend="Policies"
              choices={list.map(({ id, name, apis: opened }) => ({
                value: id,
                name,
                aside: apisText(Object.keys(opened).length),
              }))}
              empty="No policies in this environment."
              values={chosen.policies}
              onChange={(values) => setChosen({ ...chosen, policies: values })}
            />
          )}
        </QueryView>
        <QueryView query={apis} what="APIs">
          {(list) => (
            <CheckboxGroup
              legend="APIs"
              choices={list.map(({ id, name, listenPath }) => ({ value: id, name, aside: <code>{listenPath}</code> }))}
              empty="No APIs in this environment."
              values={chosen.apis}
              onChange={(values) => setChosen({ ...chosen, apis: values })}
            />
          )}
        </QueryView>
      </div>
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
      {opensNothing && (
        <p role="alert" className="text-bad-ink">
          Tick a policy or an API: a key that opens nothing is of no use.
        </p>
      )}
      <FormProblem error={create.error} />
      <Button type="submit" look="primary" className="justify-self-start" busy={create.isPending && "Creating…"}>
        Create key
      </Button>
    </form>
  );
}
