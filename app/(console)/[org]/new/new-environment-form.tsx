"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Review } from "./review.tsx";
import type { Place } from "#app/_map/place.ts";
import { RegionPicker } from "#app/_map/region-picker.tsx";
import { useTRPC } from "#app/_trpc/client.tsx";
import { fieldError, problemOf } from "#app/_trpc/problem.ts";
import type { Environment, Region } from "#app/_trpc/views.ts";
import { SelectField, TextField } from "#app/_ui/field.tsx";

interface Values {
  name: string;
  kind: Environment["kind"];
}

/** A control plane and one gateway node. */
export const environmentPrice = ({ price }: Region) => price.controlPlane + price.node;

export function NewEnvironmentForm({ org, regions, places }: { org: string; regions: Region[]; places: Place[] }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [region, setRegion] = useState<string | null>(null);
  const { register, handleSubmit, formState } = useForm<Values>({ defaultValues: { kind: "development" } });
  const create = useMutation(
    trpc.environment.create.mutationOptions({
      onSuccess: ({ environment, run }) => {
        router.push(`/${org}/${environment}/runs/${run}`);
        // The frame around the pages lists the environments.
        router.refresh();
      },
    }),
  );
  const problem = create.error ? problemOf(create.error) : null;
  const missing = formState.isSubmitted && !region ? "Choose where it stands" : undefined;
  const submit = handleSubmit((values) => {
    if (region) create.mutate({ org, ...values, homeRegion: region });
  });
  return (
    <form
      noValidate
      onSubmit={(event) => void submit(event)}
      className="grid gap-8 lg:grid-cols-[minmax(0,1fr)_288px] lg:items-start"
    >
      <div className="grid min-w-0 gap-8">
        <div className="grid gap-5 sm:grid-cols-2">
          <TextField
            label="Environment name"
            autoComplete="off"
            placeholder="Production"
            error={formState.errors.name?.message ?? fieldError(problem, "name")}
            {...register("name", { required: "Name the environment" })}
          />
          <SelectField label="Kind" {...register("kind")}>
            <option value="development">Development</option>
            <option value="staging">Staging</option>
            <option value="production">Production</option>
          </SelectField>
        </div>
        <RegionPicker
          legend="Home region"
          regions={regions}
          places={places}
          value={region}
          onChange={setRegion}
          price={environmentPrice}
          error={missing ?? fieldError(problem, "homeRegion")}
        />
      </div>
      <Review
        region={regions.find(({ id }) => id === region) ?? null}
        error={problem && problem.fields.length === 0 ? create.error : null}
        busy={create.isPending || create.isSuccess}
      />
    </form>
  );
}
