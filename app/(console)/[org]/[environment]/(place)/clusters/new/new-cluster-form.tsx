"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { HybridCreated } from "./hybrid-created.tsx";
import type { Place } from "#app/_map/place.ts";
import { RegionPicker } from "#app/_map/region-picker.tsx";
import { useTRPC } from "#app/_trpc/client.tsx";
import { fieldError, problemOf } from "#app/_trpc/problem.ts";
import type { Region } from "#app/_trpc/views.ts";
import { RadioCards } from "#app/_ui/choice.tsx";
import { SelectField, TextField } from "#app/_ui/field.tsx";
import { FormProblem } from "#app/_ui/problem-state.tsx";
import { splitTags } from "#app/_ui/tags.ts";
import { SubmitButton } from "#app/_ui/submit-button.tsx";

interface Values {
  name: string;
  nodes: number;
  tags: string;
}

const kinds = [
  {
    value: "cloud",
    name: "Cloud",
    description: "We run the nodes in a region that you choose. Up in about a minute.",
  },
  {
    value: "hybrid",
    name: "Hybrid",
    description: "You run the nodes, anywhere. They dial out to the control plane; no port is opened inward.",
  },
];

export function NewClusterForm({
  org,
  environment,
  homeRegion,
  regions,
  places,
}: {
  org: string;
  environment: string;
  homeRegion: string;
  regions: Region[];
  places: Place[];
}) {
  const trpc = useTRPC();
  const router = useRouter();
  const [kind, setKind] = useState("cloud");
  const [region, setRegion] = useState<string | null>(null);
  const { register, handleSubmit, formState, control } = useForm<Values>({ defaultValues: { nodes: 1, tags: "" } });
  const nodes = useWatch({ control, name: "nodes" });
  const createCloud = useMutation(
    trpc.cluster.createCloud.mutationOptions({
      onSuccess: ({ run }) => router.push(`/${org}/${environment}/runs/${run}`),
    }),
  );
  const createHybrid = useMutation(trpc.cluster.createHybrid.mutationOptions());
  if (createHybrid.data)
    return (
      <HybridCreated
        org={org}
        environment={environment}
        name={createHybrid.variables.name}
        created={createHybrid.data}
      />
    );
  const cloud = kind === "cloud";
  const error = cloud ? createCloud.error : createHybrid.error;
  const problem = error ? problemOf(error) : null;
  const submit = handleSubmit(({ name, nodes, tags }) => {
    const base = { org, environment, name, tags: splitTags(tags) };
    if (!cloud) createHybrid.mutate(base);
    else if (region) createCloud.mutate({ ...base, region, nodes });
  });
  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="grid gap-8">
      <RadioCards legend="Kind" columns={2} choices={kinds} value={kind} onChange={setKind} />
      <div className="grid gap-5 sm:grid-cols-3">
        <TextField
          label="Name"
          autoComplete="off"
          placeholder={cloud ? "Asia" : "Warehouse"}
          error={formState.errors.name?.message ?? fieldError(problem, "name")}
          {...register("name", { required: "Name the cluster" })}
        />
        {cloud && (
          <SelectField label="Size" {...register("nodes", { valueAsNumber: true })}>
            {[1, 2, 3, 4, 5, 6, 7, 8].map((size) => (
              <option key={size} value={size}>
                {size} {size === 1 ? "node" : "nodes"}
              </option>
            ))}
          </SelectField>
        )}
        <TextField
          label="Tags"
          optional
          mono
          autoComplete="off"
          placeholder="internal, eu"
          hint="Loads the APIs with one of these tags, and those with none."
          error={fieldError(problem, "tags")}
          {...register("tags")}
        />
      </div>
      {cloud && (
        <RegionPicker
          legend="Region"
          regions={regions}
          places={places}
          home={homeRegion}
          value={region}
          onChange={setRegion}
          price={({ price }) => price.node * (nodes || 1)}
          error={formState.isSubmitted && !region ? "Choose where it stands" : fieldError(problem, "region")}
        />
      )}
      <FormProblem error={problem && problem.fields.length === 0 ? error : null} />
      <SubmitButton
        look="primary"
        className="justify-self-start"
        busy={(createCloud.isPending || createCloud.isSuccess || createHybrid.isPending) && "Starting…"}
      >
        {cloud ? "Deploy" : "Create cluster"}
      </SubmitButton>
    </form>
  );
}
