import type { Exchange } from "#gateway/pipeline/index.ts";
import {
  isInnerList,
  parseDictionary,
  serializeDictionary,
  serializeItem,
  serializeMember,
  type InnerList,
  type Item,
  type Parameters,
} from "./structured-fields.ts";

/** What is signed of a request. */
export type SignedRequest = Pick<Exchange, "method" | "path" | "query" | "fields" | "connection" | "inbound">;

/** Fields that are dictionaries, for `sf`: of another field the type is not known, so it cannot be written strictly. */
const DICTIONARIES = new Set([
  "content-digest",
  "repr-digest",
  "want-content-digest",
  "signature",
  "signature-input",
  "priority",
]);

/**
 * The text that a signature is over (RFC 9421, 2.5). Undefined where it cannot be made of this request: a component is not
 * there, stands twice, or asks for what a request does not have.
 */
export function signatureBase(request: SignedRequest, input: InnerList): string | undefined {
  const lines: string[] = [];
  const seen = new Set<string>();
  for (const component of input.items) {
    if (component.bare.kind !== "string") return undefined;
    const identifier = serializeItem(component);
    if (seen.has(identifier)) return undefined;
    seen.add(identifier);
    const value = valueOf(request, component.bare.value, component);
    // A line break inside would let one component speak for another.
    if (value === undefined || /[\r\n]/.test(value)) return undefined;
    lines.push(`${identifier}: ${value}`);
  }
  return [...lines, `"@signature-params": ${serializeMember(input)}`].join("\n");
}

function valueOf(request: SignedRequest, name: string, { parameters }: Item): string | undefined {
  // Of a response's request, and of trailers: neither is here.
  if (parameters.has("req") || parameters.has("tr")) return undefined;
  return name.startsWith("@") ? derived(request, name, parameters) : fieldValue(request, name, parameters);
}

/** As the client wrote it, and so signed it: what is routed may spell it in another way. */
export function sentTarget({ inbound, path, query }: Pick<SignedRequest, "inbound" | "path" | "query">): string {
  return inbound.target.startsWith("/") ? inbound.target : `${path}${query}`;
}

/** Derived components (2.2). */
function derived(request: SignedRequest, name: string, parameters: Parameters): string | undefined {
  const { method, path, query } = request;
  switch (name) {
    case "@method":
      return method;
    case "@target-uri":
      return `${schemeOf(request)}://${authorityOf(request)}${path}${query}`;
    case "@authority":
      return authorityOf(request);
    case "@scheme":
      return schemeOf(request);
    case "@request-target":
      return sentTarget(request);
    case "@path":
      return path;
    case "@query":
      return query === "" ? "?" : query;
    case "@query-param":
      return queryParameter(query, parameters.get("name"));
    default:
      return undefined;
  }
}

/** As the client sees it: a proxy of ours that ended TLS says so. */
function schemeOf({ connection, fields }: SignedRequest): string {
  const claimed = connection.trusted ? fields.get("x-forwarded-proto") : undefined;
  return claimed?.toLowerCase() ?? (connection.tls ? "https" : "http");
}

/** In lower case, and without the port that its scheme implies (2.2.3). */
function authorityOf(request: SignedRequest): string {
  const { connection, fields, inbound } = request;
  const claimed = connection.trusted ? fields.get("x-forwarded-host") : undefined;
  const host = (claimed ?? inbound.authority ?? "").toLowerCase();
  return host.replace(schemeOf(request) === "https" ? /:443$/ : /:80$/, "");
}

/** 2.2.8: decoded as a form and encoded anew; a parameter that stands several times cannot be signed by its name. */
function queryParameter(query: string, name: Parameters extends ReadonlyMap<string, infer V> ? V | undefined : never) {
  if (name?.kind !== "string") return undefined;
  const values = [...new URLSearchParams(query)].filter(([key]) => encodeForm(key) === name.value);
  return values.length === 1 ? encodeForm(values[0]![1]) : undefined;
}

function encodeForm(text: string): string {
  const byte = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text.toWellFormed()).replace(/[!'()~]/g, byte);
}

/** Header fields (2.1): all lines in their order, each without the space around it. */
function fieldValue({ fields }: SignedRequest, name: string, parameters: Parameters): string | undefined {
  const lines = fields.all(name).map((line) => line.trim());
  if (lines.length === 0 || name !== name.toLowerCase()) return undefined;
  const key = parameters.get("key");
  if (parameters.has("bs"))
    return key || parameters.has("sf")
      ? undefined
      : lines.map((line) => `:${Buffer.from(line, "latin1").toString("base64")}:`).join(", ");
  if (!key && !parameters.has("sf")) return lines.join(", ");
  const dictionary = key || DICTIONARIES.has(name) ? parseDictionary(lines.join(", ")) : undefined;
  if (!dictionary) return undefined;
  if (!key) return serializeDictionary(dictionary);
  const member = key.kind === "string" ? dictionary.get(key.value) : undefined;
  return member && serializeMember(member);
}

/** Names that are covered, for comparing with what an API asks for. */
export function coveredNames(input: InnerList): Set<string> {
  return new Set(input.items.flatMap(({ bare }) => (bare.kind === "string" ? [bare.value] : [])));
}

/** The members of Signature-Input that are lists of components, with their labels, in the order of the field. */
export function readInputs(field: string): [label: string, input: InnerList][] | undefined {
  const members = parseDictionary(field);
  if (!members) return undefined;
  return [...members].flatMap(([label, member]) =>
    isInnerList(member) ? [[label, member] as [string, InnerList]] : [],
  );
}
