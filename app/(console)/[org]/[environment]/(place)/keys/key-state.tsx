"use client";

import type { KeyView } from "#app/_trpc/views.ts";
import { State } from "#app/_ui/state.tsx";
import { useNow } from "#app/_ui/when.tsx";

const looks = {
  active: { label: "Active", tone: "good" },
  inactive: { label: "Inactive", tone: "still" },
  expired: { label: "Expired", tone: "still" },
  revoked: { label: "Revoked", tone: "still" },
} as const;

/** Whether a key opens anything now: one that expired does not, though nobody made it inactive. */
export function KeyState({ apiKey: { state, expiresAt } }: { apiKey: KeyView }) {
  const isExpired = useIsPast(expiresAt);
  const { label, tone } = looks[state === "active" && isExpired ? "expired" : state];
  return <State tone={tone}>{label}</State>;
}

/** Whether a moment has passed by this page's clock; the server, which has another one, says no. */
export function useIsPast(at: string | null): boolean {
  const nowMs = useNow();
  return at !== null && nowMs !== null && Date.parse(at) <= nowMs;
}
