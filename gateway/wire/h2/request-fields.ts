import { allowedTrailers } from "../trailers.ts";
import type { Field } from "./hpack/field.ts";

/** Fields of one header block. */
const MAX_FIELDS = 200;
const PSEUDO = new Set([":method", ":scheme", ":path", ":authority", ":protocol"]);

/**
 * The fields of one header block that a client sent, a request's head or its trailers, as they come. All of a block is read,
 * since later ones build on it; what is too much is not kept.
 */
export class RequestFields {
  readonly #maxBytes: number;
  #bytes = 0;
  #count = 0;
  #cookieAt = -1;
  readonly pseudo: Record<string, string> = {};
  /** `[name, value, …]`; crumbs of a cookie are one again. */
  readonly fields: string[] = [];
  /** Why it is malformed (RFC 9113, 8.1.1). */
  problem: string | undefined = undefined;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get isTooLarge(): boolean {
    return this.#bytes > this.#maxBytes || this.#count > MAX_FIELDS;
  }

  readonly take = (field: Field): void => {
    this.#bytes += field.size;
    this.#count += 1;
    if (this.isTooLarge) return;
    this.problem ??= field.problem;
    if (field.name.charCodeAt(0) === 0x3a) return this.#takePseudo(field);
    if (field.name === "cookie") return this.#takeCookie(field);
    this.fields.push(field.name, field.value);
  };

  #takePseudo({ name, value }: Field): void {
    if (!PSEUDO.has(name)) this.problem ??= "A pseudo field has a name that no request has.";
    else if (this.fields.length > 0) this.problem ??= "A pseudo field stands behind the others.";
    else if (this.pseudo[name] !== undefined) this.problem ??= "A pseudo field stands twice.";
    else this.pseudo[name] = value;
  }

  /** RFC 9113, 8.2.3: the next reader may speak HTTP/1.1, where a second Cookie line means something else. */
  #takeCookie({ name, value }: Field): void {
    if (this.#cookieAt !== -1) {
      this.fields[this.#cookieAt] += `; ${value}`;
      return;
    }
    this.fields.push(name, value);
    this.#cookieAt = this.fields.length - 1;
  }

  /** Once all are there: why they are no request's head (RFC 9113, 8.3.1). */
  headProblem(): string | undefined {
    const { ":method": method, ":scheme": scheme, ":path": path, ":authority": authority } = this.pseudo;
    if (this.problem !== undefined) return this.problem;
    if (method === undefined) return "A request has no :method.";
    const isTunnel = method === "CONNECT" && this.pseudo[":protocol"] === undefined;
    if (isTunnel) {
      const isSound = scheme === undefined && path === undefined && authority !== undefined;
      return isSound ? undefined : "CONNECT has an :authority, and neither :scheme nor :path.";
    }
    if (scheme === undefined || path === undefined || path === "") return "A request has no :scheme, or no :path.";
    return this.pseudo[":protocol"] !== undefined && method !== "CONNECT" ? "Only CONNECT has a :protocol." : undefined;
  }

  /** Once all are there: why they are no trailers (RFC 9113, 8.1). */
  trailerProblem(): string | undefined {
    if (this.problem !== undefined) return this.problem;
    return Object.keys(this.pseudo).length > 0 ? "Trailers hold a pseudo field." : undefined;
  }

  allowedTrailers(): string[] {
    return allowedTrailers(this.fields);
  }
}
