import { lookup } from "node:dns/promises";
import { BlockList, isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";
import { Agent, request } from "undici";
import { AppError, messageOf } from "#base/errors.ts";

const MAX_BYTES = 5_000_000;
const TIMEOUT_MS = 10_000;
const MAX_REDIRECTS = 3;

/**
 * Fetches a document from a URL that a user gave. Private, link-local, loopback and metadata addresses are refused
 * unless the operator allows their range; the address that was checked is the one connected to, at redirects too.
 */
export async function fetchDocument(url: string, options: { allow: string; field: string }): Promise<string> {
  let next = url;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const answer = await fetchOnce(next, options);
    if ("text" in answer) return answer.text;
    next = new URL(answer.location, next).href;
  }
  throw refuse(options.field, `${url} redirects more than ${MAX_REDIRECTS} times.`);
}

async function fetchOnce(
  url: string,
  options: { allow: string; field: string },
): Promise<{ text: string } | { location: string }> {
  const { protocol, hostname } = new URL(url);
  if (protocol !== "http:" && protocol !== "https:")
    throw refuse(options.field, "Only http and https URLs can be fetched.");
  const address = await resolveChecked(hostname.replace(/^\[|\]$/g, ""), options);
  const pinned: LookupFunction = (_name, lookupOptions, done) => {
    const family = isIP(address);
    if (lookupOptions.all) done(null, [{ address, family }]);
    else done(null, address, family);
  };
  const dispatcher = new Agent({ connect: { lookup: pinned, timeout: TIMEOUT_MS } });
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const { statusCode, headers, body } = await request(url, { dispatcher, signal, headersTimeout: TIMEOUT_MS });
    if (statusCode >= 300 && statusCode < 400 && headers.location) return { location: String(headers.location) };
    if (statusCode !== 200) throw refuse(options.field, `${url} answered ${statusCode}.`);
    return { text: await readBounded(body, options.field) };
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw refuse(options.field, `${url} could not be fetched: ${messageOf(error)}.`);
  } finally {
    await dispatcher.destroy();
  }
}

async function readBounded(body: AsyncIterable<Buffer>, field: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_BYTES) throw refuse(field, "The document is larger than 5 MB.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

async function resolveChecked(hostname: string, options: { allow: string; field: string }): Promise<string> {
  const found = await lookup(hostname).catch(() => {
    throw refuse(options.field, `${hostname} has no address.`);
  });
  if (isPublic(found.address) || isAllowed(found.address, options.allow)) return found.address;
  throw refuse(
    options.field,
    `${hostname} is a private address (${found.address}); the operator does not allow fetching from it.`,
  );
}

/** Global unicast only (IANA special-purpose registries, by ipaddr.js); an IPv4 address in IPv6 counts as itself. */
export function isPublic(address: string): boolean {
  return ipaddr.process(address).range() === "unicast";
}

export function isAllowed(address: string, ranges: string): boolean {
  const list = new BlockList();
  for (const range of ranges.split(",").filter(Boolean)) {
    const [network, bits] = range.trim().split("/");
    list.addSubnet(network!, Number(bits), isIP(network!) === 6 ? "ipv6" : "ipv4");
  }
  return list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

function refuse(field: string, message: string): AppError {
  return new AppError("invalid", message, { fields: [{ path: field, message }] });
}
