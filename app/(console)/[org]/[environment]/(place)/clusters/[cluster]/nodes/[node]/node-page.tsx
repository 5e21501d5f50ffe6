"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { bytes, perSecond, share } from "#app/_charts/figures.ts";
import { nodeLooks, revisionLook } from "#app/(console)/[org]/_deployments/health.ts";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { ClusterDetail, GatewayNode } from "#app/_trpc/views.ts";
import { Button } from "#app/_ui/button.tsx";
import { CopyableId } from "#app/_ui/copy-button.tsx";
import { Dialog } from "#app/_ui/dialog.tsx";
import { Facts, PageHeader, Section } from "#app/_ui/panel.tsx";
import { FormProblem } from "#app/_ui/problem-state.tsx";
import { Notice, State } from "#app/_ui/state.tsx";
import { When } from "#app/_ui/when.tsx";

interface Props {
  org: string;
  environment: string;
  detail: ClusterDetail;
  nodeId: string;
  mayRetire: boolean;
}

export function NodePage({ org, environment, detail, nodeId, mayRetire }: Props) {
  const trpc = useTRPC();
  const input = { org, environment, cluster: detail.id };
  const { data: cluster } = useQuery({
    ...trpc.cluster.get.queryOptions(input),
    initialData: detail,
    refetchInterval: 3_000,
  });
  const node = (cluster.nodes.find(({ id }) => id === nodeId) ?? detail.nodes.find(({ id }) => id === nodeId))!;
  const revision = revisionLook(node);
  return (
    <>
      <PageHeader
        above={
          <Link
            href={`/${org}/${environment}/clusters/${detail.id}`}
            className="hover:text-ink hover:underline hover:underline-offset-4"
          >
            {detail.name}
          </Link>
        }
        title={node.hostname}
        actions={mayRetire && node.revokedAt === null && <Retire {...input} node={node} />}
      >
        <State tone={nodeLooks[node.status].tone}>{nodeLooks[node.status].label}</State>
      </PageHeader>
      {revision.detail && (
        <div className="mb-6">
          <Notice tone="signal" title={`It refused revision ${node.live?.rejected?.revision}`}>
            {revision.detail}. It goes on serving the one before.
          </Notice>
        </div>
      )}
      <Section title="Configuration">
        <Facts columns={3} items={configurationOf(node)} />
      </Section>
      <Section title="Now">
        {node.live ? (
          <Facts columns={4} items={figuresOf(node.live)} />
        ) : (
          <Notice tone="still" title="Nothing is known of it now">
            {node.status === "unknown"
              ? "The control plane does not answer."
              : "The node has not spoken to its control plane."}
          </Notice>
        )}
      </Section>
      <Section title="Identity">
        <Facts
          items={[
            ["Id", <CopyableId key="id" id={node.id} />],
            ["Version", <code key="version">{node.version}</code>],
            ["Enrolled", <When key="enrolled" at={node.enrolledAt} />],
            ["Listens on", node.live ? <code key="listen">{node.live.listen}</code> : "–"],
            ["Started", node.live ? <When key="started" at={node.live.startedAt} /> : "–"],
          ]}
        />
      </Section>
    </>
  );
}

function configurationOf({ live }: GatewayNode): [string, React.ReactNode][] {
  const numbered = (revision: { revision: number; hash: string } | null | undefined) =>
    revision ? (
      <>
        <span className="text-lg font-semibold">{revision.revision}</span>{" "}
        <code className="text-xs text-ink-3">{revision.hash.slice(0, 12)}</code>
      </>
    ) : (
      "–"
    );
  const rejected = live?.rejected ? `${live.rejected.revision}: ${live.rejected.entity}` : "None";
  return [
    ["Desired revision", numbered(live?.desired)],
    ["Applied revision", numbered(live?.applied)],
    ["Rejected", rejected],
  ];
}

function figuresOf(live: NonNullable<GatewayNode["live"]>): [string, React.ReactNode][] {
  const or = (value: number | null, text: (value: number) => string) => (value === null ? "–" : text(value));
  return [
    ["Load, one minute", or(live.load, (value) => value.toFixed(2))],
    ["Calls a second", perSecond(live.rps)],
    ["Errors", or(live.errorShare, (value) => share(value, 1))],
    ["Open connections", or(live.connections, String)],
    ["Memory", or(live.memoryBytes, bytes)],
    ["Clock skew", or(live.clockSkewMs, (value) => `${Math.round(value)} ms`)],
    ["Analytics waiting", or(live.spoolBatches, (value) => `${value} ${value === 1 ? "batch" : "batches"}`)],
    ["Records dropped", or(live.droppedRecords, String)],
  ];
}

function Retire({
  org,
  environment,
  cluster,
  node,
}: {
  org: string;
  environment: string;
  cluster: string;
  node: GatewayNode;
}) {
  const trpc = useTRPC();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const retire = useMutation(
    trpc.cluster.retireNode.mutationOptions({
      onSuccess: async () => {
        await client.invalidateQueries({ queryKey: trpc.cluster.get.queryKey() });
        setOpen(false);
      },
    }),
  );
  return (
    <>
      <Button look="danger" onClick={() => setOpen(true)}>
        Retire
      </Button>
      {open && (
        <Dialog title={`Retire ${node.hostname}?`} onClose={() => setOpen(false)}>
          <p className="mb-5 text-ink-2">
            Its credential is revoked and it leaves the list for good. To come back it enrols anew.
          </p>
          <FormProblem error={retire.error} />
          <div className="mt-4 flex justify-end gap-2">
            <Button onClick={() => setOpen(false)}>Keep it</Button>
            <Button
              look="danger"
              busy={retire.isPending && "Retiring…"}
              onClick={() => retire.mutate({ org, environment, cluster, node: node.id })}
            >
              Retire node
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
