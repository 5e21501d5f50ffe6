"use client";

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import type { ApiInput } from "./api-input.ts";
import { DeleteApi } from "./delete-api.tsx";
import { SourceView } from "./source-view.tsx";
import { views, type Source, type View } from "./views.ts";
import { Operations } from "../operations.tsx";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { ApiDetail } from "#app/_trpc/views.ts";
import { Empty } from "#app/_ui/empty.tsx";
import { PageHeader, Panel } from "#app/_ui/panel.tsx";
import { QueryView } from "#app/_ui/query-view.tsx";
import { RowsSkeleton } from "#app/_ui/skeleton.tsx";
import { State } from "#app/_ui/state.tsx";
import { Tabs } from "#app/_ui/tabs.tsx";
import { When } from "#app/_ui/when.tsx";

/** Only those who come to change something fetch the form. */
const SettingsForm = dynamic(() => import("./settings-form.tsx").then((module) => module.SettingsForm), {
  loading: () => <RowsSkeleton what="the settings" />,
});

interface Props {
  input: ApiInput;
  first: ApiDetail | undefined;
  view: View;
  source: Source;
  mayWrite: boolean;
}

export function ApiPage({ input, first, view, source, mayWrite }: Props) {
  const trpc = useTRPC();
  const query = useQuery({ ...trpc.api.get.queryOptions(input), initialData: first });
  const base = `/${input.org}/${input.environment}/apis`;
  return (
    <QueryView query={query} what="this API">
      {(api) => (
        <>
          <PageHeader title={api.name}>
            <span className="flex flex-wrap items-center gap-x-4 gap-y-1">
              <State tone={api.state === "active" ? "good" : "still"}>
                {api.state === "active" ? "Active" : "Inactive"}
              </State>
              <span>
                <code className="text-sm">{api.listenPath}</code> →{" "}
                <code className="text-sm break-all">{api.upstreamUrl}</code>
              </span>
              {api.revision !== null && <span>In revision {api.revision}</span>}
              <span>
                Changed <When at={api.updatedAt} />
              </span>
            </span>
          </PageHeader>
          <Tabs
            label="Views"
            current={view}
            tabs={views.map(({ value, name }) => ({ value, name, href: `${base}/${api.id}?view=${value}` }))}
          />
          {view === "operations" && <OperationsView api={api} />}
          {view === "settings" && (
            <>
              <SettingsForm key={api.version} input={input} api={api} mayWrite={mayWrite} />
              {mayWrite && <DeleteApi input={input} api={api} />}
            </>
          )}
          {view === "source" && <SourceView input={input} api={api} source={source} mayWrite={mayWrite} />}
        </>
      )}
    </QueryView>
  );
}

function OperationsView({ api }: { api: ApiDetail }) {
  if (api.operations.length === 0)
    return (
      <Empty title="No contract">
        This API passes everything below {api.listenPath} on. Give it an OpenAPI document under Source to name its
        operations.
      </Empty>
    );
  return (
    <Panel className="py-2">
      <Operations operations={api.operations} />
    </Panel>
  );
}
