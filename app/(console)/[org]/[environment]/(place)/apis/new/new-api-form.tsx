"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { FileButton } from "./file-button.tsx";
import { Preview } from "./preview.tsx";
import { useTRPC } from "#app/_trpc/client.tsx";
import { fieldError, problemOf } from "#app/_trpc/problem.ts";
import type { ApiPreview } from "#app/_trpc/views.ts";
import { SelectField, TextArea, TextField } from "#app/_ui/field.tsx";
import { FormProblem } from "#app/_ui/problem-state.tsx";
import { splitTags } from "#app/_ui/tags.ts";
import { SubmitButton } from "#app/_ui/submit-button.tsx";

interface Values {
  document: string;
  url: string;
  name: string;
  upstreamUrl: string;
  listenPath: string;
  auth: "key" | "none";
  rate: string;
  tags: string;
}

const empty: Values = {
  document: "",
  url: "",
  name: "",
  upstreamUrl: "",
  listenPath: "",
  auth: "key",
  rate: "",
  tags: "",
};
/** A pause in typing after which the document is looked at. */
const PAUSE_MS = 700;

export function NewApiForm({ org, environment }: { org: string; environment: string }) {
  const trpc = useTRPC();
  const router = useRouter();
  const { register, handleSubmit, getValues, setValue, formState } = useForm<Values>({ defaultValues: empty });
  const { dirtyFields } = formState;
  const create = useMutation(
    trpc.api.create.mutationOptions({ onSuccess: ({ id }) => router.push(`/${org}/${environment}/apis/${id}`) }),
  );
  const suggest = (found: ApiPreview) => {
    const known = getValues();
    // What was typed stays; only what is empty is filled in.
    if (!known.name) setValue("name", found.suggestedName);
    if (!known.listenPath) setValue("listenPath", found.suggestedListenPath);
    if (!known.upstreamUrl && found.suggestedUpstreamUrl) setValue("upstreamUrl", found.suggestedUpstreamUrl);
  };
  const preview = useMutation(trpc.api.preview.mutationOptions({ onSuccess: suggest }));
  const [pause] = useState(createPause);
  const lookSoon = (delayMs: number) => {
    pause.after(delayMs, () => {
      const { document, url } = getValues();
      if (document.trim()) preview.mutate({ org, environment, document });
      else if (URL.canParse(url.trim())) preview.mutate({ org, environment, url: url.trim() });
      else preview.reset();
    });
  };
  const submit = handleSubmit((values) => {
    pause.end();
    create.mutate({ org, environment, ...givenOf(values) });
  });
  const problem = create.error ? problemOf(create.error) : null;
  const seen = preview.error ? problemOf(preview.error) : null;
  return (
    <form
      noValidate
      onSubmit={(event) => void submit(event)}
      className="grid gap-8 lg:grid-cols-[minmax(0,1fr)_320px] lg:items-start"
    >
      <div className="grid min-w-0 gap-5">
        <TextArea
          label="OpenAPI document"
          mono
          spellCheck={false}
          className="[&_textarea]:h-64"
          placeholder={'openapi: 3.1.0\ninfo:\n  title: Orders\n  version: "1"\npaths: …'}
          error={fieldError(problem, "document") ?? fieldError(seen, "document")}
          {...register("document", { onChange: () => lookSoon(PAUSE_MS) })}
        />
        <div className="flex flex-wrap items-center gap-3 text-ink-3">
          <FileButton
            onText={(text) => {
              setValue("document", text, { shouldDirty: true });
              lookSoon(0);
            }}
          />
          JSON or YAML, up to 5 MB
        </div>
        <TextField
          label="OpenAPI URL"
          type="url"
          mono
          hint="Read once, when the API is created. A pasted document goes before it."
          placeholder="https://example.com/openapi.json"
          error={fieldError(problem, "url") ?? fieldError(seen, "url")}
          {...register("url", { onChange: () => lookSoon(PAUSE_MS) })}
        />
        <div className="grid gap-5 border-t pt-6 sm:grid-cols-2">
          <TextField
            label="Upstream URL"
            type="url"
            mono
            placeholder="http://orders.internal:8080"
            error={fieldError(problem, "upstreamUrl") ?? fieldError(problem, "upstream")}
            {...register("upstreamUrl")}
          />
          <TextField
            label="Listen path"
            mono
            placeholder="/orders"
            error={fieldError(problem, "listenPath") ?? fieldError(problem, "listen")}
            {...register("listenPath")}
          />
          <TextField
            label="Name"
            optional
            hint={dirtyFields.document || dirtyFields.url ? "Taken from the document when empty." : undefined}
            error={fieldError(problem, "name")}
            {...register("name")}
          />
          <SelectField label="Authentication" {...register("auth")}>
            <option value="key">Key</option>
            <option value="none">None: open to anyone</option>
          </SelectField>
          <TextField
            label="Rate limit"
            optional
            mono
            placeholder="100/s"
            hint="Over all callers, such as 100/s or 1000/1m."
            error={fieldError(problem, "rate")}
            {...register("rate")}
          />
          <TextField
            label="Tags"
            optional
            mono
            placeholder="internal, eu"
            hint="Only clusters with one of them serve it."
            error={fieldError(problem, "tags")}
            {...register("tags")}
          />
        </div>
        <FormProblem error={create.error} />
        <SubmitButton
          look="primary"
          className="justify-self-start"
          busy={(create.isPending || create.isSuccess) && "Creating…"}
        >
          Create API
        </SubmitButton>
      </div>
      <Preview found={preview.data} busy={preview.isPending} error={preview.error} />
    </form>
  );
}

/** Only what was given: the rest is taken from the document. */
function givenOf({ auth, tags, ...texts }: Values) {
  const given = Object.fromEntries(
    Object.entries(texts).flatMap(([name, text]) => (text.trim() ? [[name, text.trim()]] : [])),
  );
  return { ...given, auth, tags: splitTags(tags) };
}

/** One thing to do after a pause; asking again starts the pause anew. */
function createPause() {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = () => clearTimeout(timer);
  return {
    end,
    after(delayMs: number, act: () => void) {
      end();
      timer = setTimeout(act, delayMs);
    },
  };
}
