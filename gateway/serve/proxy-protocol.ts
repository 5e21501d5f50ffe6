import { isIP, SocketAddress, type Socket } from "node:net";
import { unmappedAddress } from "#base/host-address.ts";

/** Who connected, by the word of the balancer in front; null: the balancer itself (a health check). */
export type ProxiedClient = { address: string; port: number } | null;

const V2_SIGNATURE = Buffer.from("0d0a0d0a000d0a515549540a", "hex");
const V1_MAX_BYTES = 107;
const MAX_PORT = 65_535;
/** Header, addresses and extensions. */
const V2_MAX_BYTES = 4_096;

export type ProxyHeader =
  { at: "incomplete" } | { at: "refused" } | { at: "read"; client: ProxiedClient; bytes: number };

/** The PROXY header of HAProxy, versions 1 and 2 (proxy-protocol.txt), at the beginning of `data`. */
export function readProxyHeader(data: Buffer): ProxyHeader {
  const shared = Math.min(data.length, V2_SIGNATURE.length);
  if (data.compare(V2_SIGNATURE, 0, shared, 0, shared) === 0) return readV2(data);
  return readV1(data);
}

function readV1(data: Buffer): ProxyHeader {
  const text = data.toString("latin1", 0, V1_MAX_BYTES);
  const end = text.indexOf("\r\n");
  if (!"PROXY ".startsWith(text.slice(0, 6))) return { at: "refused" };
  if (end === -1) return text.length < V1_MAX_BYTES ? { at: "incomplete" } : { at: "refused" };
  const line = text.slice(0, end);
  if (/^PROXY UNKNOWN( .*)?$/.test(line)) return { at: "read", client: null, bytes: end + 2 };
  const match = /^PROXY TCP([46]) ([0-9a-fA-F:.]+) ([0-9a-fA-F:.]+) (\d{1,5}) (\d{1,5})$/.exec(line);
  if (!match) return { at: "refused" };
  const [, family, address, local, ...ports] = match;
  const [port, localPort] = ports.map(Number);
  if ([address, local].some((one) => isIP(one!) !== Number(family)) || port! > MAX_PORT || localPort! > MAX_PORT)
    return { at: "refused" };
  return { at: "read", client: { address: plainAddress(address!), port: port! }, bytes: end + 2 };
}

function readV2(data: Buffer): ProxyHeader {
  if (data.length < 16) return { at: "incomplete" };
  const [version, command] = [data[12]! >> 4, data[12]! & 0x0f];
  const family = data[13]!;
  const bytes = 16 + data.readUInt16BE(14);
  if (version !== 2 || command > 1 || bytes > V2_MAX_BYTES) return { at: "refused" };
  if (data.length < bytes) return { at: "incomplete" };
  if (command === 0) return { at: "read", client: null, bytes };
  if (family === 0x11 && bytes >= 28)
    return {
      at: "read",
      client: { address: [...data.subarray(16, 20)].join("."), port: data.readUInt16BE(24) },
      bytes,
    };
  if (family === 0x21 && bytes >= 52)
    return { at: "read", client: { address: ipv6Of(data.subarray(16, 32)), port: data.readUInt16BE(48) }, bytes };
  // Of other families (a Unix socket) nothing can be told that an address list would know.
  return { at: "read", client: null, bytes };
}

function ipv6Of(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return plainAddress(groups.join(":"));
}

/** As the system would write it: one client has one address, whoever tells it. */
function plainAddress(address: string): string {
  if (isIP(address) === 4) return address;
  return unmappedAddress(new SocketAddress({ address, family: "ipv6" }).address);
}

/** Waits for the header and gives it; what follows it is back in the socket. The socket is destroyed where it is none. */
export function takeProxyHeader(socket: Socket, limitMs: number, use: (client: ProxiedClient) => void): void {
  let pending = Buffer.alloc(0);
  const timer = setTimeout(() => socket.destroy(), limitMs);
  socket.once("close", () => clearTimeout(timer));
  const onData = (data: Buffer) => {
    pending = Buffer.concat([pending, data]);
    const header = readProxyHeader(pending);
    if (header.at === "incomplete") return;
    clearTimeout(timer);
    socket.off("data", onData);
    if (header.at === "refused") return void socket.destroy();
    socket.pause();
    if (pending.length > header.bytes) socket.unshift(pending.subarray(header.bytes));
    use(header.client);
  };
  socket.on("data", onData);
}
