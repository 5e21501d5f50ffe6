import type { z } from "zod";
import type { policyInput } from "#contracts/plane/entities.ts";
import type { PolicyView } from "#app/_trpc/views.ts";
import { rateText } from "#contracts/quantity-text.ts";
import { splitTags } from "#app/_ui/tags.ts";

/** A policy as the form shows it: texts. */
export interface PolicyValues {
  name: string;
  state: PolicyView["state"];
  scope: PolicyView["scope"];
  rate: string;
  quota: string;
  tags: string;
}

/** What is ticked. */
export interface PolicyChoices {
  partitions: string[];
  apis: string[];
}

export type PolicyBody = z.input<typeof policyInput>;

export const partitions = [
  { value: "access", name: "Access", aside: "what may be called" },
  { value: "rate", name: "Rate", aside: "with spike arrest and throttling" },
  { value: "quota", name: "Quota", aside: "calls in a longer span" },
] as const satisfies { value: PolicyView["partitions"][number]; name: string; aside: string }[];

export function valuesOf(policy: PolicyView | undefined): PolicyValues {
  return {
    name: policy?.name ?? "",
    state: policy?.state ?? "active",
    scope: policy?.scope ?? "key",
    rate: policy?.rate ? rateText(policy.rate) : "",
    quota: policy?.quota ? rateText(policy.quota) : "",
    tags: policy?.tags.join(", ") ?? "",
  };
}

export function choicesOf(policy: PolicyView | undefined): PolicyChoices {
  return {
    partitions: policy?.partitions ?? partitions.map(({ value }) => value),
    apis: Object.keys(policy?.apis ?? {}),
  };
}

/** The whole policy again: what the form does not show stays as it was, and a finer grant as long as its API is ticked. */
export function bodyOf(values: PolicyValues, chosen: PolicyChoices, before: PolicyView | undefined): PolicyBody {
  const [rate, quota] = [values.rate.trim(), values.quota.trim()];
  return {
    ...(before?.spikeArrest ? { spikeArrest: before.spikeArrest } : {}),
    ...(before?.throttle ? { throttle: before.throttle } : {}),
    name: values.name.trim(),
    state: values.state,
    partitions: partitions.map(({ value }) => value).filter((part) => chosen.partitions.includes(part)),
    scope: values.scope,
    ...(rate ? { rate } : {}),
    ...(quota ? { quota } : {}),
    tags: splitTags(values.tags),
    apis: Object.fromEntries(chosen.apis.map((id) => [id, before?.apis[id] ?? {}])),
  };
}
