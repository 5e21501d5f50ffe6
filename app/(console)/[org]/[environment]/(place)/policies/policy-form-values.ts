import type { z } from "zod";
import type { policyInput } from "#contracts/plane/entities.ts";
import type { PolicyView } from "#app/_trpc/views.ts";
import { rateText } from "#contracts/quantity-text.ts";
import { splitTags } from "#app/_ui/tags.ts";

/** A policy as the form shows it: texts. */
export interface PolicyValues {
  name: string;
  state: "active" | "inactive";
  rate: string;
  quota: string;
  tags: string;
}

export type PolicyBody = z.input<typeof policyInput>;

export function valuesOf(policy: PolicyView | undefined): PolicyValues {
  return {
    name: policy?.name ?? "",
    state: policy?.state ?? "active",
    rate: policy?.rate ? rateText(policy.rate) : "",
    quota: policy?.quota ? rateText(policy.quota) : "",
    tags: policy?.tags.join(", ") ?? "",
  };
}

/** The whole policy again: what the form does not show stays as it was, and a finer grant as long as its API is ticked. */
export function bodyOf(values: PolicyValues, chosen: readonly string[], before: PolicyView | undefined): PolicyBody {
  const [rate, quota] = [values.rate.trim(), values.quota.trim()];
  return {
    ...(before ? hiddenOf(before) : {}),
    name: values.name.trim(),
    state: values.state,
    ...(rate ? { rate } : {}),
    ...(quota ? { quota } : {}),
    tags: splitTags(values.tags),
    apis: Object.fromEntries(chosen.map((id) => [id, before?.apis[id] ?? {}])),
  };
}

function hiddenOf({ partitions, scope, spikeArrest, throttle }: PolicyView): Partial<PolicyBody> {
  return { partitions, scope, ...(spikeArrest ? { spikeArrest } : {}), ...(throttle ? { throttle } : {}) };
}
