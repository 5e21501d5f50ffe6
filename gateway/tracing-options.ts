import type { TracingSettings } from "#gateway/trace/index.ts";
import type { GatewayEnv } from "./env.ts";
import { UsageError } from "./usage-error.ts";

/** From the variables that OpenTelemetry names, so that what is set for other services holds here too. */
export function readTracing(env: GatewayEnv): TracingSettings | undefined {
  const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined) return undefined;
  return {
    endpoint,
    headers: readHeaders(env.OTEL_EXPORTER_OTLP_HEADERS),
    serviceName: env.OTEL_SERVICE_NAME,
    ratio: ratioOf(env),
  };
}

function ratioOf({ OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: ratio }: GatewayEnv): number {
  if (sampler === "parentbased_always_off") return 0;
  return sampler === "parentbased_traceidratio" ? ratio : 1;
}

function readHeaders(text: string): Record<string, string> {
  const entries = text
    .split(",")
    .filter((entry) => entry.trim() !== "")
    .map((entry) => {
      const [name, ...value] = entry.split("=");
      if (value.length === 0)
        throw new UsageError("OTEL_EXPORTER_OTLP_HEADERS: expected name=value, several of them by comma");
      return [name!.trim(), decodeURIComponent(value.join("=").trim())];
    });
  return Object.fromEntries(entries) as Record<string, string>;
}
