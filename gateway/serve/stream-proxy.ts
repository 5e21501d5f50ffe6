import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectTls, TLSSocket } from "node:tls";
import { pipeline } from "node:stream";
import { bareHost } from "#base/host-address.ts";
import type { Logger } from "#base/log.ts";
import { dialGuard, type GuardOptions } from "#gateway/upstream/index.ts";
import { readClientHello } from "./client-hello.ts";

const HELLO_MS = 5_000;
const CONNECT_MS = 5_000;
const IDLE_MS = 3_600_000;

export interface StreamProxyOptions {
  targets: Readonly<Record<string, string>>;
  guard: GuardOptions;
  log: Logger;
}

/** Passes a connection's bytes to a target and back, with each side's pace, until both have ended. */
export function proxyStream(client: Socket, { targets, guard, log }: StreamProxyOptions): void {
  chooseHost(client, targets, (host) => {
    const url = targetFor(targets, host);
    if (url === undefined) return void client.destroy();
    const upstream = dial(url, guard);
    const refusal = setTimeout(() => upstream.destroy(new Error("the connection took too long")), CONNECT_MS);
    upstream.once(upstream instanceof TLSSocket ? "secureConnect" : "connect", () => clearTimeout(refusal));
    client.setTimeout(IDLE_MS, () => client.destroy());
    let told = false;
    const over = (error: NodeJS.ErrnoException | null | undefined) => {
      clearTimeout(refusal);
      if (!error) return;
      client.destroy();
      upstream.destroy();
      if (!told) log.debug({ err: error.message, target: url }, "a proxied stream broke off");
      told = true;
    };
    pipeline(client, upstream, over);
    pipeline(upstream, client, over);
  });
}

/** By the terminated handshake, by the client's hello where TLS passes through, or not at all where one target takes all. */
function chooseHost(client: Socket, targets: Readonly<Record<string, string>>, use: (host: string) => void): void {
  if (client instanceof TLSSocket) return use((client as TLSSocket & { servername?: string | false }).servername || "");
  if (Object.keys(targets).length === 1 && targets["*"] !== undefined) return use("");
  let pending = Buffer.alloc(0);
  const timer = setTimeout(() => client.destroy(), HELLO_MS);
  client.once("close", () => clearTimeout(timer));
  const onData = (data: Buffer) => {
    pending = Buffer.concat([pending, data]);
    const hello = readClientHello(pending);
    if (hello.at === "incomplete") return;
    clearTimeout(timer);
    client.off("data", onData);
    client.pause();
    client.unshift(pending);
    use(hello.at === "name" ? hello.host : "");
  };
  client.on("data", onData);
}

/** The name is the client's to choose, `constructor` too: only what the configuration named is a target. */
function targetFor(targets: Readonly<Record<string, string>>, host: string): string | undefined {
  const named = [host, host.replace(/^[^.]+/, "*"), "*"].find((name) => Object.hasOwn(targets, name));
  return named === undefined ? undefined : targets[named];
}

function dial(url: string, guard: GuardOptions): Socket {
  const [, scheme, written, port] = /^(tcp|tls):\/\/(.+):(\d+)$/.exec(url)!;
  const host = bareHost(written!);
  const { lookup, refusal } = dialGuard(host, guard);
  const target = { host, port: Number(port), ...(lookup && { lookup }) };
  const socket =
    scheme === "tls"
      ? connectTls({ ...target, servername: isIP(host) ? "" : host })
      : connectPlain({ ...target, noDelay: true, allowHalfOpen: true });
  if (refusal) socket.destroy(refusal);
  return socket;
}
