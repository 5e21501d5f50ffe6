import type { z } from "zod";
import type { keyInput } from "#contracts/plane/entities.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { localTime, momentOf } from "./local-time.ts";
import { canBeLines, metadataLines, readMetadata } from "./metadata-lines.ts";
import type { KeyView } from "#app/_trpc/views.ts";
import { splitTags } from "#app/_ui/tags.ts";
import { rateText } from "#contracts/quantity-text.ts";

/** A key as its forms show it: texts. */
export interface KeyValues {
  name: string;
  state: "active" | "inactive";
  /** In the time of whoever looks, as a browser's field has it; empty: never. */
  expires: string;
  rate: string;
  quota: string;
  tags: string;
  /** `plan=gold`, one a line. */
  metadata: string;
  boundCertificate: string;
}

/** What is ticked. */
export interface KeyChoices {
  policies: string[];
  apis: string[];
}

export type KeyBody = z.input<typeof keyInput>;

export function valuesOf(key: KeyView | undefined): KeyValues {
  return {
    name: key?.name ?? "",
    state: key?.state === "inactive" ? "inactive" : "active",
    expires: key?.expiresAt ? localTime(key.expiresAt) : "",
    rate: key?.rate ? rateText(key.rate) : "",
    quota: key?.quota ? rateText(key.quota) : "",
    tags: key?.tags.join(", ") ?? "",
    metadata: metadataLines(key?.metadata ?? {}),
    boundCertificate: key?.boundCertificate ?? "",
  };
}

export function choicesOf(key: KeyView | undefined): KeyChoices {
  return { policies: key?.policies.map(({ id }) => id) ?? [], apis: Object.keys(key?.apis ?? {}) };
}

/** The whole key again: what the form does not show stays as it was, and a finer grant as long as its API is ticked. */
export function bodyOf(values: KeyValues, chosen: KeyChoices, before: KeyView | undefined): KeyBody {
  const [rate, quota] = [values.rate.trim(), values.quota.trim()];
  const boundCertificate = fingerprintOf(values.boundCertificate);
  const metadata = before?.metadata ?? {};
  return {
    ...(before?.spikeArrest ? { spikeArrest: before.spikeArrest } : {}),
    ...(before?.throttle ? { throttle: before.throttle } : {}),
    name: values.name.trim(),
    state: values.state,
    policies: chosen.policies,
    apis: Object.fromEntries(chosen.apis.map((id) => [id, before?.apis[id] ?? {}])),
    // A browser's field knows no milliseconds: a moment that nobody changed stays what it was.
    expiresAt: values.expires === valuesOf(before).expires ? (before?.expiresAt ?? null) : momentOf(values.expires),
    ...(rate ? { rate } : {}),
    ...(quota ? { quota } : {}),
    tags: splitTags(values.tags),
    metadata: canBeLines(metadata) ? readMetadata(values.metadata) : metadata,
    ...(boundCertificate ? { boundCertificate } : {}),
  };
}
