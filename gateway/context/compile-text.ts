import { parseContextText, type ContextVariable } from "#contracts/context-parts.ts";
import type { Identities } from "#gateway/identity/index.ts";
import type { Exchange } from "#gateway/pipeline/index.ts";
import { fieldValue } from "./field-value.ts";
import { readMember } from "./read-member.ts";

/** Reads something of a call; undefined where the call has no such thing. */
type Read = (exchange: Exchange) => unknown;

/** A text, or what makes it of a call. Texts without variables cost nothing at a request. */
export type ContextText = string | ((exchange: Exchange) => string);

export interface ContextDeps {
  identity: Pick<Identities, "clientAddressOf">;
}

/** The text of a header field. Throws with `path` and the variable where there is no such. */
export function compileText(text: string, path: string, deps: ContextDeps): ContextText {
  const parsed = parseContextText(text);
  if ("problem" in parsed) throw new Error(`${path}: ${parsed.problem}`);
  const parts = parsed.parts.map((part) => (typeof part === "string" ? part : readerOf(part, deps)));
  const [first] = parts;
  if (parts.length === 1 && typeof first === "string") return first;
  return (exchange) => {
    let value = "";
    for (const part of parts) value += typeof part === "string" ? part : fieldValue(part(exchange));
    return value;
  };
}

function readerOf({ root, member }: ContextVariable, deps: ContextDeps): Read {
  const name = member.slice(member.indexOf(".") + 1);
  switch (root) {
    case "key":
      return member.startsWith("metadata.")
        ? ({ principal }) => readMember(principal?.metadata, name)
        : keyReader(member);
    case "claims":
      return ({ principal }) => readMember(principal?.claims, member);
    case "request":
      return requestReader(member, name, deps);
    case "api":
      return ({ api }) => api?.id;
    case "operation":
      return ({ plan }) => plan?.operation;
  }
}

function keyReader(member: string): Read {
  if (member === "tags") return ({ principal }) => principal?.tags;
  if (member === "policies") return ({ principal }) => principal?.policies;
  return ({ principal }) => principal?.keyId;
}

function requestReader(member: string, name: string, deps: ContextDeps): Read {
  if (member.startsWith("header.")) {
    const lowerName = name.toLowerCase();
    return ({ fields }) => fields.get(lowerName);
  }
  if (member.startsWith("query.")) return ({ query }) => new URLSearchParams(query).get(name);
  if (member === "address") return (exchange) => deps.identity.clientAddressOf(exchange);
  if (member === "method") return ({ method }) => method;
  if (member === "path") return ({ path }) => path;
  if (member === "host") return ({ fields }) => fields.get("host");
  return ({ requestId }) => requestId;
}
