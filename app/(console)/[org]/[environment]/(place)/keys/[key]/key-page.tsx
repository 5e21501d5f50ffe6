"use client";

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { AccessTabs } from "../../_access/access-tabs.tsx";
import type { AccessView } from "../../_access/views.ts";
import { KeyState, useIsPast } from "../key-state.tsx";
import { RevokeKey } from "../revoke-key.tsx";
import { KeyForm } from "./key-form.tsx";
import type { KeyInput } from "./key-input.ts";
import { useUpdateKey } from "./use-update-key.ts";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { KeyDetail } from "#app/_trpc/views.ts";
import { PageHeader } from "#app/_ui/panel.tsx";
import { QueryView } from "#app/_ui/query-view.tsx";
import { RowsSkeleton } from "#app/_ui/skeleton.tsx";
import { Notice } from "#app/_ui/state.tsx";
import { When } from "#app/_ui/when.tsx";

/** It brings a reader of YAML along. */
const KeySource = dynamic(() => import("./key-source.tsx").then((module) => module.KeySource), {
  loading: () => <RowsSkeleton what="the key's text" />,
});

interface Props {
  input: KeyInput;
  first: KeyDetail | undefined;
  view: AccessView;
  mayWrite: boolean;
}

export function KeyPage({ input, first, view, mayWrite }: Props) {
  const trpc = useTRPC();
  const query = useQuery({ ...trpc.key.get.queryOptions(input), initialData: first });
  return (
    <QueryView query={query} what="this key">
      {(key) => (
        <>
          <Header input={input} apiKey={key} mayWrite={mayWrite} />
          {key.state === "revoked" ? (
            <Notice tone="still" title="This key is revoked">
              Calls with it are refused, and it cannot be taken back. Make another in its place.
            </Notice>
          ) : (
            <Editing input={input} apiKey={key} view={view} mayWrite={mayWrite} />
          )}
        </>
      )}
    </QueryView>
  );
}

interface KeyProps {
  input: KeyInput;
  apiKey: KeyDetail;
  mayWrite: boolean;
}

function Header({ input, apiKey, mayWrite }: KeyProps) {
  return (
    <PageHeader
      title={apiKey.name}
      actions={
        mayWrite &&
        apiKey.state !== "revoked" && (
          <RevokeKey org={input.org} environment={input.environment} apiKey={apiKey} look="danger" />
        )
      }
    >
      <span className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <KeyState apiKey={apiKey} />
        <code className="text-sm">{apiKey.hint}…</code>
        <span>{apiKey.expiresAt ? <Expiry at={apiKey.expiresAt} /> : "Never expires"}</span>
        <span>
          Changed <When at={apiKey.updatedAt} />
        </span>
      </span>
    </PageHeader>
  );
}

function Expiry({ at }: { at: string }) {
  const isPast = useIsPast(at);
  return (
    <>
      {isPast ? "Expired" : "Expires"} <When at={at} />
    </>
  );
}

function Editing({ input, apiKey, view, mayWrite }: KeyProps & { view: AccessView }) {
  const update = useUpdateKey(input);
  const base = `/${input.org}/${input.environment}/keys/${input.key}`;
  return (
    <>
      <AccessTabs base={base} view={view} />
      {view === "form" && (
        <KeyForm key={apiKey.version} input={input} apiKey={apiKey} update={update} mayWrite={mayWrite} />
      )}
      {view === "source" && <KeySource input={input} apiKey={apiKey} mayWrite={mayWrite} />}
    </>
  );
}
