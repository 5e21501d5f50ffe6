import type { ApiSettings } from "#contracts/api/definition.ts";
import type { ApiInputRaw } from "#contracts/plane/apis.ts";
import { splitTags } from "#app/_ui/tags.ts";
import { headerLines, readHeaders, readNames, readTargets, targetLines } from "./lines.ts";
import { rateText } from "#contracts/quantity-text.ts";

/** The settings as one form shows them: texts and switches. */
export interface SettingsValues {
  name: string;
  state: "active" | "inactive";
  listenPath: string;
  listenHost: string;
  strip: boolean;
  targets: string;
  auth: "key" | "none";
  keyHeader: string;
  rate: string;
  tags: string;
  strictOperations: boolean;
  requestSet: string;
  requestRemove: string;
  responseSet: string;
  responseRemove: string;
}

export function valuesOf(name: string, settings: Omit<ApiSettings, "id">): SettingsValues {
  const { listen, upstream, auth, transform } = settings;
  return {
    name,
    state: settings.state,
    listenPath: listen.path,
    listenHost: listen.host ?? "",
    strip: listen.strip,
    targets: targetLines(upstream.targets),
    auth: auth.anyOf.length === 0 ? "none" : "key",
    keyHeader: auth.anyOf[0]?.key?.header ?? "",
    rate: settings.rate ? rateText(settings.rate) : "",
    tags: settings.tags.join(", "),
    strictOperations: settings.strictOperations,
    requestSet: headerLines(transform?.request?.headers?.set),
    requestRemove: (transform?.request?.headers?.remove ?? []).join(", "),
    responseSet: headerLines(transform?.response?.headers?.set),
    responseRemove: (transform?.response?.headers?.remove ?? []).join(", "),
  };
}

/** The whole settings again: what the form does not show stays as it was. */
export function settingsOf(
  values: SettingsValues,
  before: Omit<ApiSettings, "id">,
  document: string | null,
): ApiInputRaw {
  const { rate: _rate, ...kept } = before;
  const rate = values.rate.trim();
  return {
    ...kept,
    name: values.name.trim(),
    document,
    state: values.state,
    listen: {
      // An internal API must not become a public one because a form does not show that it is internal.
      internal: before.listen.internal,
      path: values.listenPath.trim(),
      strip: values.strip,
      ...(values.listenHost.trim() ? { host: values.listenHost.trim() } : {}),
    },
    upstream: { ...before.upstream, targets: readTargets(values.targets) },
    auth: authOf(values, before),
    ...(rate ? { rate } : {}),
    tags: splitTags(values.tags),
    strictOperations: values.strictOperations,
    transform: {
      request: {
        ...before.transform?.request,
        headers: { set: readHeaders(values.requestSet), remove: readNames(values.requestRemove) },
      },
      response: {
        ...before.transform?.response,
        headers: { set: readHeaders(values.responseSet), remove: readNames(values.responseRemove) },
      },
    },
  };
}

/** The form names one way in; further alternatives, written elsewhere, are kept behind it. */
function authOf({ auth, keyHeader }: SettingsValues, before: Omit<ApiSettings, "id">): ApiInputRaw["auth"] {
  if (auth === "none") return "none";
  const [first, ...others] = before.auth.anyOf;
  // A way in that the form does not show is no key with an empty header.
  if (first && !first.key && !keyHeader.trim()) return before.auth;
  const { header: _header, ...key } = first?.key ?? {};
  return {
    anyOf: [{ ...first, key: { ...key, ...(keyHeader.trim() ? { header: keyHeader.trim() } : {}) } }, ...others],
  };
}
