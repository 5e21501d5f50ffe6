"use client";

import { useForm, useWatch } from "react-hook-form";
import type { ApiInput } from "./api-input.ts";
import { settingsOf, valuesOf, type SettingsValues } from "./settings-form-values.ts";
import { useUpdateApi } from "./use-update-api.ts";
import type { ApiSettings } from "#contracts/api/definition.ts";
import { fieldError, problemOf } from "#app/_trpc/problem.ts";
import type { ApiDetail } from "#app/_trpc/views.ts";
import { CheckField, SelectField, TextArea, TextField } from "#app/_ui/field.tsx";
import { Section } from "#app/_ui/panel.tsx";
import { FormProblem } from "#app/_ui/problem-state.tsx";
import { SubmitButton } from "#app/_ui/submit-button.tsx";

/** Members whose problems stand beside a field. */
const SHOWN = ["name", "listen.path", "listen.host", "upstream.targets", "rate", "tags"];

export function SettingsForm({ input, api, mayWrite }: { input: ApiInput; api: ApiDetail; mayWrite: boolean }) {
  // The control plane answers its full form, parsed by the schema whose type this is.
  const settings = api.settings as Omit<ApiSettings, "id">;
  const { register, handleSubmit, formState, control } = useForm<SettingsValues>({
    defaultValues: valuesOf(api.name, settings),
  });
  const auth = useWatch({ control, name: "auth" });
  const update = useUpdateApi(input);
  const problem = update.error ? problemOf(update.error) : null;
  const error = (name: string) => fieldError(problem, name);
  const submit = handleSubmit((values) =>
    update.mutate({ ...input, version: api.version, settings: settingsOf(values, settings, api.document) }),
  );
  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <fieldset disabled={!mayWrite} className="contents">
        <Section title="Traffic">
          <div className="grid gap-5 sm:grid-cols-2">
            <TextField label="Name" error={error("name")} {...register("name", { required: true })} />
            <SelectField label="State" {...register("state")}>
              <option value="active">Active</option>
              <option value="inactive">Inactive: answers 404</option>
            </SelectField>
            <TextField
              label="Listen path"
              mono
              error={error("listen.path") ?? error("path")}
              {...register("listenPath")}
            />
            <TextField
              label="Host"
              optional
              mono
              placeholder="any"
              error={error("listen.host") ?? error("host")}
              {...register("listenHost")}
            />
            <TextArea
              label="Upstream URL"
              mono
              className="sm:col-span-2 [&_textarea]:min-h-16"
              hint="One target a line; a weight may follow, such as http://b:8080 3."
              error={error("upstream") ?? error("targets")}
              {...register("targets")}
            />
            <CheckField
              label="Take the listen path off before the upstream sees the request"
              className="sm:col-span-2"
              {...register("strip")}
            />
            <CheckField
              label="Refuse paths that no operation describes"
              className="sm:col-span-2"
              {...register("strictOperations")}
            />
          </div>
        </Section>
        <Section title="Who may call, and how often">
          <div className="grid gap-5 sm:grid-cols-2">
            <SelectField label="Authentication" {...register("auth")}>
              <option value="key">Key</option>
              <option value="none">None: open to anyone</option>
            </SelectField>
            {auth === "key" && (
              <TextField
                label="Header of the key"
                optional
                mono
                placeholder="Authorization, X-API-Key"
                error={error("header")}
                {...register("keyHeader")}
              />
            )}
            <TextField
              label="Rate limit"
              optional
              mono
              placeholder="100/s"
              hint="Over all callers, such as 100/s or 1000/1m."
              error={error("rate")}
              {...register("rate")}
            />
            <TextField
              label="Tags"
              optional
              mono
              hint="Only clusters with one of them serve it."
              error={error("tags")}
              {...register("tags")}
            />
          </div>
        </Section>
        <Section title="Headers" hint="One a line when set, as Name: value; with commas between when removed.">
          <div className="grid gap-5 sm:grid-cols-2">
            <TextArea label="Set on requests" optional mono error={error("request")} {...register("requestSet")} />
            <TextArea label="Set on responses" optional mono error={error("response")} {...register("responseSet")} />
            <TextField label="Remove from requests" optional mono {...register("requestRemove")} />
            <TextField
              label="Remove from responses"
              optional
              mono
              placeholder="Server"
              {...register("responseRemove")}
            />
          </div>
        </Section>
      </fieldset>
      {mayWrite && (
        <div className="mb-10 grid justify-items-start gap-4">
          <FormProblem error={update.error} shown={SHOWN} />
          <SubmitButton
            look="primary"
            disabled={!formState.isDirty || update.isPending}
            busy={update.isPending && "Saving…"}
          >
            Save
          </SubmitButton>
        </div>
      )}
    </form>
  );
}
