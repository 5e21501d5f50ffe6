import type { KeyView } from "#app/_trpc/views.ts";

/** How a key's state is said. */
export const keyStates = {
  active: { label: "Active", tone: "good" },
  inactive: { label: "Inactive", tone: "still" },
  revoked: { label: "Revoked", tone: "still" },
} as const satisfies Record<KeyView["state"], object>;
