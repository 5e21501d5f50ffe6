"use client";

import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { Me } from "#app/_trpc/views.ts";
import { Button } from "#app/_ui/button.tsx";
import { Facts, Section } from "#app/_ui/panel.tsx";
import { FormProblem } from "#app/_ui/problem-state.tsx";
import { State } from "#app/_ui/state.tsx";

export function AccountSection({ me }: { me: Me }) {
  const trpc = useTRPC();
  const everywhere = useMutation(
    trpc.auth.signOutEverywhere.mutationOptions({ onSuccess: () => window.location.assign("/sign-in") }),
  );
  return (
    <Section
      title="Your account"
      actions={
        <Button size="sm" busy={everywhere.isPending && "Signing out…"} onClick={() => everywhere.mutate()}>
          Sign out everywhere
        </Button>
      }
    >
      <FormProblem error={everywhere.error} />
      <Facts
        items={[
          ["Name", me.name],
          ["Email", me.email],
          [
            "Verified",
            <span key="verified" className="flex flex-wrap items-baseline gap-x-3">
              <State tone={me.emailVerified ? "good" : "signal"}>{me.emailVerified ? "Verified" : "Not yet"}</State>
              {!me.emailVerified && <span className="text-ink-2">Open the link in our letter.</span>}
            </span>,
          ],
        ]}
      />
    </Section>
  );
}
