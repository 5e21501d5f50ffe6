/** A request target's parts. `host` is given only by the absolute form, which then outranks the Host field (RFC 9112, 3.2.2). */
export interface Target {
  path: string;
  query: string;
  host: string | undefined;
}

/** `undefined`: a form that a gateway does not serve, such as `*` or an authority. */
export function splitTarget(url: string): Target | undefined {
  if (url.charCodeAt(0) === 0x2f) return split(url, undefined);
  const absolute = /^https?:\/\/([^/?#]+)(.*)$/i.exec(url);
  if (!absolute) return undefined;
  const rest = absolute[2]!;
  return split(rest.startsWith("/") ? rest : `/${rest}`, absolute[1]);
}

function split(text: string, host: string | undefined): Target {
  const mark = text.indexOf("?");
  return mark === -1 ? { path: text, query: "", host } : { path: text.slice(0, mark), query: text.slice(mark), host };
}
