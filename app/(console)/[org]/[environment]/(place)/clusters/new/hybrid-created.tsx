"use client";

import { InstallCommands } from "../install-commands.tsx";
import { NodeArrival } from "../node-arrival.tsx";
import type { EnrolmentCreated } from "#app/_trpc/views.ts";
import { ButtonLink } from "#app/_ui/button.tsx";

/** The one moment in which the token is there to be seen, and the wait for the first node. */
export function HybridCreated({
  org,
  environment,
  name,
  created,
}: {
  org: string;
  environment: string;
  name: string;
  created: { cluster: string; enrolment: EnrolmentCreated };
}) {
  const { cluster, enrolment } = created;
  return (
    <div className="grid gap-6">
      <p className="max-w-[64ch] text-ink-2">
        <span className="font-medium text-ink">{name}</span> is ready for its nodes. Run this command where the gateway
        shall live. It carries a token that enrols nodes for a day and is not shown again.
      </p>
      <InstallCommands enrolment={enrolment} />
      <NodeArrival org={org} environment={environment} cluster={cluster}>
        Run the command.
      </NodeArrival>
      <div>
        <ButtonLink href={`/${org}/${environment}/clusters/${cluster}`}>Open {name}</ButtonLink>
      </div>
    </div>
  );
}
