/** A host as a URL writes it, without the brackets of an IPv6 address. */
export function bareHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}

/** An IPv4 client of a socket that listens for both is told of as `::ffff:192.0.2.1`. */
export function unmappedAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}
