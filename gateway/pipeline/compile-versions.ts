import type { ResolvedApi } from "#contracts/api/resolved.ts";
import type { ApiVersion } from "#contracts/api/versions-of.ts";
import type { CompiledApi } from "./compile-api.ts";
import type { Exchange } from "./exchange.ts";
import { reject, type Reply } from "./reply.ts";
import { versionFields } from "./version-fields.ts";

/** One version of an API, and where the paths of its operations begin. */
export interface VersionChoice {
  api: CompiledApi;
  /** What stands before the operation's path. */
  listenPath: string;
  /** From then on `ended` is answered. */
  endsAtMs: number;
  ended: Reply;
}

/** The version that a request means, or why there is none. Nothing is made at the request. */
export type ChooseVersion = (exchange: Exchange) => VersionChoice | Reply;

export interface CompiledVersion {
  version: ApiVersion;
  api: CompiledApi;
}

/** Lays out the versions of an API, so that a request is one look-up by the name that it gives. */
export function compileVersions(
  { listenPath, versioning }: { listenPath: string; versioning: NonNullable<ResolvedApi["versioning"]> },
  versions: readonly CompiledVersion[],
): ChooseVersion {
  const { by } = versioning;
  const choices = new Map(versions.map((one) => [one.version.name, choiceOf(one, listenPath)]));
  const standing = versioning.default === undefined ? undefined : choices.get(versioning.default);
  const known = versions
    .filter(({ version }) => version.settings.state !== "retired")
    .map(({ version }) => version.name);
  const refusal = reject(404, "version_unknown", `This API has no such version; known: ${known.join(", ") || "none"}.`);
  const missing = reject(404, "version_unknown", `Name a version of this API: ${known.join(", ") || "there is none"}.`);
  if (by === "path") return byPath(listenPath, choices, standing ?? refusal);
  const speakers = speakersOf(standing, [...choices.values()]);
  const nameOf = "header" in by ? byHeader(by.header.toLowerCase()) : byQuery(by.query);
  return (exchange) => {
    const name = nameOf(exchange);
    if (name !== undefined) return inTime(choices.get(name), exchange) ?? refusal;
    return inTime(exchange.method === "OPTIONS" ? speakerAt(speakers, exchange) : standing, exchange) ?? missing;
  };
}

function choiceOf({ version: { settings }, api }: CompiledVersion, listenPath: string): VersionChoice {
  const { state, afterSunset, sunset } = settings;
  const ended = reject(410, "version_retired", "This version of the API is no longer served.", versionFields(settings));
  const sunsetMs = afterSunset === "refuse" && sunset !== undefined ? Date.parse(sunset) : Infinity;
  return { api, listenPath, endsAtMs: state === "retired" ? -Infinity : sunsetMs, ended };
}

/**
 * A preflight carries no header of the request that it asks for, so one version speaks for all: the default where pages may
 * call it, else the first that they may call.
 */
function speakersOf(standing: VersionChoice | undefined, choices: readonly VersionChoice[]): VersionChoice[] {
  const known = standing === undefined ? choices : [standing, ...choices.filter((choice) => choice !== standing)];
  const speakers = known.filter(({ api }) => api.hasPreflights);
  return speakers.length > 0 ? speakers : known.slice(0, standing === undefined ? 0 : 1);
}

/** One that has ended says nothing for those that have not. */
function speakerAt(speakers: readonly VersionChoice[], { nowMs }: Exchange): VersionChoice | undefined {
  return speakers.find(({ endsAtMs }) => nowMs < endsAtMs) ?? speakers[0];
}

function inTime(choice: VersionChoice | undefined, { nowMs }: Exchange): VersionChoice | Reply | undefined {
  return choice !== undefined && nowMs >= choice.endsAtMs ? choice.ended : choice;
}

/** By the segment after the listen path; one that names no version is the beginning of the default's own paths. */
function byPath(
  listenPath: string,
  choices: ReadonlyMap<string, VersionChoice>,
  otherwise: VersionChoice | Reply,
): ChooseVersion {
  const named = new Map(
    [...choices].map(([name, choice]) => [name, { ...choice, listenPath: `${listenPath}/${name}` }] as const),
  );
  const start = listenPath.length + 1;
  return (exchange) => {
    const { path } = exchange;
    const end = path.indexOf("/", start);
    const choice = named.get(end === -1 ? path.slice(start) : path.slice(start, end));
    if (choice !== undefined) return inTime(choice, exchange)!;
    return "api" in otherwise ? inTime(otherwise, exchange)! : otherwise;
  };
}

function byHeader(name: string): (exchange: Exchange) => string | undefined {
  return ({ fields }) => fields.get(name)?.trim();
}

/** Given twice it names nothing: gateway and upstream might each believe another one. */
function byQuery(name: string): (exchange: Exchange) => string | undefined {
  return ({ query }) => {
    if (query === "") return undefined;
    const values = new URLSearchParams(query).getAll(name);
    return values.length > 1 ? values.join(",") : values[0];
  };
}
