/**
 * What needs no encoding in a path, without `;=&+`: those may separate parameters in it, so that encoded and plain are two
 * things. The others of the reserved ones separate nothing in any path that is in use.
 */
const PLAIN = /[A-Za-z0-9._~:@!$'()*,-]/;

/**
 * A path with each encoded byte in its one spelling (RFC 3986, 6.2.2): what needs no encoding has none, and hex digits are
 * capitals. An upstream decodes them all the same, so `/%61dmin` must not be another path than `/admin` here.
 */
export function plainEscapes(path: string): string {
  if (!path.includes("%")) return path;
  return path.replace(/%[0-9a-f]{2}/gi, (escape) => {
    const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return PLAIN.test(character) ? character : escape.toUpperCase();
  });
}

/** A path as people write it, in the spelling that requests are compared in: `/größe` comes as `/gr%C3%B6%C3%9Fe`. */
export function writtenPath(path: string): string {
  return plainEscapes(path.toWellFormed().replace(/[^!-~]+/g, encodeURIComponent));
}
