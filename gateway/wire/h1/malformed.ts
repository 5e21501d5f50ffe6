/** Bytes that are no HTTP, or that two readers could read differently. `code` is the reason flag of the refusal. */
export class Malformed extends Error {
  readonly code: MalformedCode;

  constructor(code: MalformedCode, detail: string) {
    super(detail);
    this.code = code;
  }
}

export type MalformedCode =
  | "bad_request"
  | "bad_request_target"
  | "headers_too_large"
  | "target_too_long"
  | "method_not_served"
  | "http_version_unsupported";
