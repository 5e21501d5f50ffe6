import { Agent, request } from "undici";
import type { Ranges } from "#base/address-ranges.ts";
import { AppError, messageOf } from "#base/errors.ts";
import { checkedAddresses, pinnedTo, type Resolve, systemResolve } from "./checked-addresses.ts";

const MAX_BYTES = 5_000_000;
const TIMEOUT_MS = 10_000;
const MAX_REDIRECTS = 3;

export interface FetchOptions {
  /** Private ranges that the operator lets us reach. */
  allow: Ranges;
  /** The field of the input that held the URL: errors name it. */
  field: string;
  /** For everything together: names, connections, redirects and body. */
  timeoutMs?: number;
  resolve?: Resolve;
}

/**
 * Fetches a document from a URL that a user gave. Private, link-local, loopback and metadata addresses are refused
 * unless the operator allows their range; the addresses that were checked are the ones connected to, at redirects too.
 */
export async function fetchDocument(url: string, options: FetchOptions): Promise<string> {
  const deadline = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
  let next = url;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const answer = await fetchOnce(next, options, deadline);
    if ("text" in answer) return answer.text;
    if (!URL.canParse(answer.location, next)) throw refuse(options.field, `${next} redirects to what is no URL.`);
    next = new URL(answer.location, next).href;
  }
  throw refuse(options.field, `${url} redirects more than ${MAX_REDIRECTS} times.`);
}

async function fetchOnce(
  url: string,
  { allow, field, resolve = systemResolve }: FetchOptions,
  signal: AbortSignal,
): Promise<{ text: string } | { location: string }> {
  const { protocol, hostname } = new URL(url);
  if (protocol !== "http:" && protocol !== "https:") throw refuse(field, "Only http and https URLs can be fetched.");
  const found = await checkedAddresses(hostname, { allow, resolve, signal });
  if ("refusal" in found) throw refuse(field, found.refusal);
  const dispatcher = new Agent({ connect: { lookup: pinnedTo(found.addresses) } });
  try {
    const { statusCode, headers, body } = await request(url, { dispatcher, signal });
    if (statusCode >= 300 && statusCode < 400 && headers.location) return { location: String(headers.location) };
    if (statusCode !== 200) throw refuse(field, `${url} answered ${statusCode}.`);
    return { text: await readBounded(body, field) };
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw refuse(field, `${url} could not be fetched: ${signal.aborted ? "it took too long" : messageOf(error)}.`);
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

function refuse(field: string, message: string): AppError {
  return new AppError("invalid", message, { fields: [{ path: field, message }] });
}
