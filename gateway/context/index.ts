/**
 * Context: what is known of a call, as words that a configuration may use (`$key.id`). A text is compiled once at load into
 * its parts; at a request they are looked up and put together. It must not let a caller's bytes become control characters
 * of a header, and must not know where its texts are used.
 */
export { compileHeaderChanges, type HeaderChanges } from "./header-changes.ts";
export { readMember } from "./read-member.ts";
