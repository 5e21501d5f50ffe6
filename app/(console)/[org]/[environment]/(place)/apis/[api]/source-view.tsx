"use client";

import dynamic from "next/dynamic";
import { useState } from "react";
import type { ApiInput } from "./api-input.ts";
import { useUpdateApi } from "./use-update-api.ts";
import type { ApiSettings } from "#contracts/api/definition.ts";
import { settingsOf, valuesOf } from "./settings-form-values.ts";
import { fieldError, problemOf } from "#app/_trpc/problem.ts";
import type { ApiDetail } from "#app/_trpc/views.ts";
import { Button } from "#app/_ui/button.tsx";
import { FormProblem } from "#app/_ui/problem-state.tsx";
import { Bone } from "#app/_ui/skeleton.tsx";

const CodeEditor = dynamic(() => import("#app/_ui/code-editor.tsx").then((module) => module.CodeEditor), {
  ssr: false,
  loading: () => (
    <div aria-busy="true">
      <span className="sr-only">Loading the editor</span>
      <Bone className="h-96 rounded-lg" />
    </div>
  ),
});

/** The OpenAPI document itself. */
export function SourceView({ input, api, mayWrite }: { input: ApiInput; api: ApiDetail; mayWrite: boolean }) {
  const [text, setText] = useState(api.document ?? "");
  const update = useUpdateApi(input);
  const problem = update.error ? problemOf(update.error) : null;
  // The control plane answers its full form, parsed by the schema whose type this is.
  const settings = api.settings as Omit<ApiSettings, "id">;
  const save = () =>
    update.mutate({
      ...input,
      version: api.version,
      settings: settingsOf(valuesOf(api.name, settings), settings, text.trim() ? text : null),
    });
  const changed = text !== (api.document ?? "");
  return (
    <div className="grid justify-items-start gap-4">
      <div className="w-full min-w-0">
        <CodeEditor label="OpenAPI document" initial={api.document ?? ""} readOnly={!mayWrite} onChange={setText} />
      </div>
      {problem && fieldError(problem, "document") && <p className="text-bad-ink">{fieldError(problem, "document")}</p>}
      <FormProblem error={update.error} shown={["document"]} />
      {mayWrite && (
        <Button
          look="primary"
          disabled={!changed || update.isPending}
          busy={update.isPending && "Saving…"}
          onClick={save}
        >
          Save
        </Button>
      )}
    </div>
  );
}
