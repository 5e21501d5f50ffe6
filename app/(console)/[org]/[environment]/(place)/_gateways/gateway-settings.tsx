"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { SecretsNote } from "../_source/secrets-note.tsx";
import { SourceEditor } from "../_source/source-editor.tsx";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { GatewaySettingsDetail } from "#app/_trpc/views.ts";
import { QueryView } from "#app/_ui/query-view.tsx";

const rules = {
  example: "settings:",
  elsewhere: {
    apis: "are edited under APIs; take it out here",
    policies: "are edited under Policies; take it out here",
    keys: "are edited under Keys; take it out here",
  },
  mayBeEmpty: true,
};

/** Where nothing is set, two things that may be. */
const HINT = `# Nothing is set. For example:
settings:
  errors:
    "404": { text: There is nothing here }
  headers:
    response: { remove: [Server] }`;

interface Place {
  org: string;
  environment: string;
  /** Absent: of all clusters. */
  cluster?: string;
}

interface Props {
  input: Place;
  /** What goes before what, here. */
  intro: ReactNode;
  first: GatewaySettingsDetail | undefined;
  mayWrite: boolean;
}

/** What gateways are told of themselves, as text: `settings` and `certificates` of file configuration. */
export function GatewaySettings({ input, first, ...shown }: Props) {
  const trpc = useTRPC();
  const query = useQuery({ ...trpc.gateway.settings.queryOptions(input), initialData: first });
  return (
    <QueryView query={query} what="the gateway settings">
      {(settings) => <Editor input={input} settings={settings} {...shown} />}
    </QueryView>
  );
}

function Editor({ input, settings, intro, mayWrite }: Omit<Props, "first"> & { settings: GatewaySettingsDetail }) {
  const trpc = useTRPC();
  const client = useQueryClient();
  const queryKey = trpc.gateway.settings.queryKey(input);
  const update = useMutation(
    trpc.gateway.updateSettings.mutationOptions({ onSuccess: (saved) => client.setQueryData(queryKey, saved) }),
  );
  const send = async (members: Record<string, unknown>) =>
    (await update.mutateAsync({ ...input, version: settings.version, settings: members })).written;
  return (
    <SourceEditor
      label="Gateway settings"
      intro={
        <>
          {intro} <SecretsNote />
        </>
      }
      saved={settings.written}
      door={{ rules, send, onConflict: () => void client.invalidateQueries({ queryKey }) }}
      members={useQuery(trpc.gateway.settingsMembers.queryOptions({ org: input.org }))}
      hint={HINT}
      below="settings."
      mayWrite={mayWrite}
    />
  );
}
