import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import type { SrvRecord } from "node:dns";
import { connect, isIP } from "node:net";
import * as dns from "dns-packet";
import { bareHost } from "#base/host-address.ts";

export interface SrvAnswer {
  records: SrvRecord[];
  /** The shortest of the answer, which may have come by way of a CNAME. */
  ttlSeconds: number;
}

export interface SrvQuestion {
  name: string;
  /** As `getServers()` of `node:dns` names them: `10.0.0.2`, `10.0.0.2:5353`, `[fd00::2]:5353`. */
  servers: readonly string[];
  /** For one server's answer. */
  timeoutMs: number;
  /** How often each server is asked before the last failure counts. */
  tries: number;
}

const PORT = 53;
const RECORD = "SRV";
const LABEL_BYTES = 63;
const NAME_BYTES = 253;
/** Two bytes of length stand before a message over TCP (RFC 1035, section 4.2.2). */
const LENGTH_BYTES = 2;

/**
 * SRV records (RFC 2782) with their TTL, which Node's resolver keeps to itself: over UDP, and over TCP where the answer is
 * cut short. Rejects with a code as Node's does: ENOTFOUND, ENODATA, EBADNAME, ETIMEOUT, or the server's own (SERVFAIL …).
 */
export async function askSrv({ name: written, servers, timeoutMs, tries }: SrvQuestion): Promise<SrvAnswer> {
  // Answers name it without the dot of the root.
  const name = written.replace(/\.$/, "");
  if (name.length > NAME_BYTES || name.split(".").some((label) => label.length > LABEL_BYTES))
    throw failure("EBADNAME", name);
  let last: unknown = failure("ENOTFOUND", name);
  for (const server of Array.from({ length: tries }, () => servers).flat()) {
    let reply: dns.DecodedPacket;
    try {
      reply = await askServer(server, name, timeoutMs);
    } catch (error) {
      last = error;
      continue;
    }
    const code = codeOf(reply);
    // Such a name is not: the next server of the same zone would say the same.
    if (code === "NXDOMAIN") throw failure("ENOTFOUND", name);
    if (code === "NOERROR") return answerOf(reply, name);
    last = failure(code, name);
  }
  throw last;
}

function answerOf({ answers = [] }: dns.DecodedPacket, name: string): SrvAnswer {
  // A dot for a host: the service is decidedly not there (RFC 2782).
  const found = answers.filter((each) => each.type === RECORD).filter(({ data }) => data.target !== ".");
  if (found.length === 0) throw failure("ENODATA", name);
  const ttls = answers.flatMap((each) => (each.type === RECORD || each.type === "CNAME" ? [each.ttl ?? 0] : []));
  return {
    records: found.map(({ data: { target, port, priority = 0, weight = 0 } }) => ({
      name: target,
      port,
      priority,
      weight,
    })),
    ttlSeconds: Math.min(...ttls),
  };
}

async function askServer(server: string, name: string, timeoutMs: number): Promise<dns.DecodedPacket> {
  const query: dns.Packet = {
    type: "query",
    id: randomInt(2 ** 16),
    flags: dns.RECURSION_DESIRED,
    questions: [{ type: RECORD, name }],
  };
  const read = (message: Buffer): dns.DecodedPacket | undefined => {
    try {
      const reply = dns.decode(message);
      return isReplyTo(query, reply) ? reply : undefined;
    } catch {
      // Not a message of DNS.
      return undefined;
    }
  };
  const asked: Asked = { server, read, signal: AbortSignal.timeout(timeoutMs), late: failure("ETIMEOUT", name) };
  const reply = await overUdp(asked, dns.encode(query));
  return reply.flag_tc ? overTcp(asked, dns.streamEncode(query)) : reply;
}

/** Whoever cannot see the question cannot know its number: what does not fit it is somebody else's, or a forgery. */
function isReplyTo(query: dns.Packet, { type, id, questions = [] }: dns.DecodedPacket): boolean {
  const [asked] = query.questions!;
  const [told] = questions;
  return (
    type === "response" &&
    id === query.id &&
    told?.type === RECORD &&
    told.name.toLowerCase() === asked!.name.toLowerCase()
  );
}

/** One question to one server, over whatever it goes. */
interface Asked {
  server: string;
  read: (message: Buffer) => dns.DecodedPacket | undefined;
  /** Ends it, with `late`. */
  signal: AbortSignal;
  late: Error;
}

type Resolve = (reply: dns.DecodedPacket) => void;

function inTime(
  { signal, late }: Asked,
  ask: (resolve: Resolve, reject: (error: Error) => void) => void,
): Promise<dns.DecodedPacket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(late);
    signal.addEventListener("abort", () => reject(late), { once: true });
    ask(resolve, reject);
  });
}

function overUdp(asked: Asked, query: Buffer): Promise<dns.DecodedPacket> {
  const { host, port } = endpointOf(asked.server);
  const socket = createSocket(isIP(host) === 6 ? "udp6" : "udp4");
  return inTime(asked, (resolve, reject) => {
    socket.on("error", reject);
    socket.on("message", (message) => {
      const reply = asked.read(message);
      if (reply) resolve(reply);
    });
    // Connected, it hears this server alone, and of a port that is shut at once.
    socket.once("connect", () => socket.send(query));
    socket.connect(port, host);
  }).finally(() => socket.close());
}

function overTcp(asked: Asked, query: Buffer): Promise<dns.DecodedPacket> {
  const { server, read } = asked;
  const socket = connect(endpointOf(server));
  return inTime(asked, (resolve, reject) => {
    socket.on("error", reject);
    socket.on("close", () => reject(new Error(`${server} closed without an answer`)));
    let heard = Buffer.alloc(0);
    socket.on("data", (piece: Buffer) => {
      heard = Buffer.concat([heard, piece]);
      if (heard.length < LENGTH_BYTES) return;
      const end = LENGTH_BYTES + heard.readUInt16BE(0);
      if (heard.length < end) return;
      const reply = read(heard.subarray(LENGTH_BYTES, end));
      if (reply) resolve(reply);
      else reject(new Error(`${server} answered something else over TCP`));
    });
    socket.write(query);
  }).finally(() => socket.destroy());
}

function endpointOf(server: string): { host: string; port: number } {
  if (isIP(server) !== 0) return { host: server, port: PORT };
  const colon = server.lastIndexOf(":");
  return { host: bareHost(server.slice(0, colon)), port: Number(server.slice(colon + 1)) };
}

function codeOf(reply: dns.DecodedPacket): string {
  // The library names it; its types do not tell.
  return (reply as dns.DecodedPacket & { rcode: string }).rcode;
}

function failure(code: string, name: string): Error & { code: string } {
  return Object.assign(new Error(`querySrv ${code} ${name}`), { code });
}
