import { createSocket } from "node:dgram";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { TRUNCATED_RESPONSE, decode, encode, type Answer, type DecodedPacket, type Packet } from "dns-packet";

/** What a zone holds of one name. */
export type Zone = Record<string, Answer[]>;

export interface DnsServer {
  /** `127.0.0.1:5353` */
  address: string;
  /** Answered from here; what is not in it does not exist. */
  zone: Zone;
  /** As a server that is down: it answers nothing. */
  silent: boolean;
  /** The code of every answer instead of what the zone says: 2 is SERVFAIL. */
  failing: number | undefined;
  /** Sent over UDP before each answer, as by somebody who guesses. */
  forged: (answer: Packet) => Buffer[];
  /** `A api.internal`, in order; `SRV api.internal over TCP`. */
  asked: string[];
  stop(): Promise<void>;
}

const NXDOMAIN = 3;
/** Of a message over UDP without extensions (RFC 1035, section 4.2.1). */
const UDP_BYTES = 512;

/** A name server on loopback, over UDP and TCP, whose zone tests change. */
export async function startDnsServer(zone: Zone, host = "127.0.0.1"): Promise<DnsServer> {
  const udp = createSocket(host.includes(":") ? "udp6" : "udp4");
  const tcp = createServer();
  const connections = new Set<Socket>();
  const server: DnsServer = {
    address: "",
    zone,
    silent: false,
    failing: undefined,
    forged: () => [],
    asked: [],
    stop: async () => {
      for (const connection of connections) connection.destroy();
      await Promise.all([
        new Promise<void>((resolve) => udp.close(() => resolve())),
        new Promise<void>((resolve) => tcp.close(() => resolve())),
      ]);
    },
  };
  udp.on("message", (message, { port, address }) => {
    const packet = answerFrom(server, decode(message), "");
    if (packet === undefined) return;
    for (const each of server.forged(packet)) udp.send(each, port, address);
    const whole = encode(packet);
    const cut = () => encode({ ...packet, answers: [], flags: packet.flags! | TRUNCATED_RESPONSE });
    udp.send(whole.length > UDP_BYTES ? cut() : whole, port, address);
  });
  tcp.on("connection", (socket) => {
    connections.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("data", (message: Buffer) => {
      const packet = answerFrom(server, decode(message.subarray(2)), " over TCP");
      if (packet === undefined) return;
      const whole = encode(packet);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(whole.length);
      // In two pieces, as a network may deliver it.
      socket.write(length.subarray(0, 1));
      socket.write(Buffer.concat([length.subarray(1), whole]));
    });
  });
  // TCP chooses: its ports are held by connections long closed, those of UDP by hardly anybody.
  await new Promise<void>((resolve, reject) => tcp.once("error", reject).listen(0, host, resolve));
  const { port } = tcp.address() as AddressInfo;
  await new Promise<void>((resolve, reject) => udp.once("error", reject).bind(port, host, resolve));
  server.address = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  return server;
}

function answerFrom(server: DnsServer, { id, questions = [] }: DecodedPacket, how: string): Packet | undefined {
  const question = questions[0]!;
  server.asked.push(`${question.type} ${question.name}${how}`);
  if (server.silent) return undefined;
  const records = server.zone[question.name.toLowerCase()];
  const answers = (records ?? []).filter(({ type }) => type === question.type || type === "CNAME");
  // The low four bits of the flags are the code.
  return { type: "response", id, questions, answers, flags: server.failing ?? (records ? 0 : NXDOMAIN) };
}

export function a(name: string, address: string, ttl = 60): Answer {
  return { type: "A", name, ttl, data: address };
}

export function srv(name: string, target: string, port: number, priority = 0, weight = 1, ttl = 60): Answer {
  return { type: "SRV", name, ttl, data: { target, port, priority, weight } };
}
