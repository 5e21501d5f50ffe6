/** RFC 3986 reg-name or IP literal, and a port. User information has no place there, and a comma would make a list of it. */
const AUTHORITY = /^(?:[A-Za-z0-9._~!$&'()*+;=%-]*|\[[0-9A-Fa-f:.]+\])(?::\d{0,5})?$/;

/** Whether it can be the Host of a request. */
export function isAuthority(text: string): boolean {
  return AUTHORITY.test(text);
}
