import { createSocket } from "node:dgram";
import { decode, encode, type Answer } from "dns-packet";

/** What a zone holds of one name. */
export type Zone = Record<string, Answer[]>;

export interface DnsServer {
  /** `127.0.0.1:5353` */
  address: string;
  /** Answered from here; what is not in it does not exist. */
  zone: Zone;
  /** As a server that is down: it answers nothing. */
  silent: boolean;
  /** `A api.internal`, in order. */
  asked: string[];
  stop(): Promise<void>;
}

const NXDOMAIN = 3;

/** A name server on loopback, over UDP, whose zone tests change. */
export async function startDnsServer(zone: Zone): Promise<DnsServer> {
  const socket = createSocket("udp4");
  const server: DnsServer = {
    address: "",
    zone,
    silent: false,
    asked: [],
    stop: () => new Promise((resolve) => socket.close(() => resolve())),
  };
  socket.on("message", (message, { port, address }) => {
    const { id, questions = [] } = decode(message);
    const question = questions[0]!;
    server.asked.push(`${question.type} ${question.name}`);
    if (server.silent) return;
    const records = server.zone[question.name.toLowerCase()];
    const answers = (records ?? []).filter(({ type }) => type === question.type);
    // The low four bits of the flags are the code.
    socket.send(encode({ type: "response", id, questions, answers, flags: records ? 0 : NXDOMAIN }), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  server.address = `127.0.0.1:${socket.address().port}`;
  return server;
}

export function a(name: string, address: string, ttl = 60): Answer {
  return { type: "A", name, ttl, data: address };
}

export function srv(name: string, target: string, port: number, priority = 0, weight = 1): Answer {
  return { type: "SRV", name, ttl: 60, data: { target, port, priority, weight } };
}
