import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import type { RunEventBody } from "#contracts/deployment/run.ts";

/** A log line of a run; longer ones are cut. */
export const LOG_TEXT_CAP = 2_000;

/** It warns whenever a provider is not one that it downloaded itself: always, with ours. */
const PROVIDER_FOUND = /^using pulumi-resource-causeway-local from \$PATH at /;

/** What of Pulumi's event log belongs in a run's story; undefined for the rest. */
export function runEventOf(event: EngineEvent): RunEventBody | undefined {
  const { resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent } = event;
  if (resourcePreEvent) return resourceEvent(resourcePreEvent.metadata, "started");
  if (resOutputsEvent) return resourceEvent(resOutputsEvent.metadata, "done");
  if (resOpFailedEvent) return resourceEvent(resOpFailedEvent.metadata, "failed");
  if (!diagnosticEvent || diagnosticEvent.ephemeral) return undefined;
  const text = plainText(diagnosticEvent.message).slice(0, LOG_TEXT_CAP);
  const severity: string = diagnosticEvent.severity;
  // The engine sends its own debugging too, though its types do not say so: nobody who waits for a stack asked for it.
  if (text === "" || severity === "debug" || PROVIDER_FOUND.test(text)) return undefined;
  return { kind: "log", level: severity === "warning" || severity === "error" ? severity : "info", text };
}

function resourceEvent(
  { op, type, urn }: { op: string; type: string; urn: string },
  status: "started" | "done" | "failed",
): RunEventBody | undefined {
  // The stack itself and its providers are Pulumi's own; nobody asked for them.
  if (type.startsWith("pulumi:")) return undefined;
  return { kind: "resource", op, type, name: urn.split("::").at(-1) ?? urn, status };
}

/** Pulumi colours with tags such as `<{%fg 1%}>`. */
export function plainText(message: string): string {
  return message.replace(/<\{%[^%]*%\}>/g, "").trim();
}
