import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { NodePage } from "./node-page.tsx";
import { load } from "#app/_trpc/load.ts";
import { serverCaller } from "#server/trpc/caller.ts";

export const metadata: Metadata = { title: "Node" };

interface Props {
  params: Promise<{ org: string; environment: string; cluster: string; node: string }>;
}

export default async function NodeRoute({ params }: Props) {
  const { org, environment, cluster, node } = await params;
  const api = await serverCaller();
  const [detail, organisation] = await load(
    Promise.all([api.cluster.get({ org, environment, cluster }), api.organisation.get({ org })]),
  );
  if (!detail.nodes.some(({ id }) => id === node)) notFound();
  return (
    <NodePage
      org={org}
      environment={environment}
      detail={detail}
      nodeId={node}
      mayRetire={organisation.permissions.includes("node:retire")}
    />
  );
}
