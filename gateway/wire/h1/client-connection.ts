import { connect as connectPlain, type Socket, type TcpNetConnectOpts } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import { Deadline } from "../deadline.ts";
import { UpstreamError, type OutboundHandler, type OutboundRequest, type OutboundStream } from "../outbound.ts";
import type { BodyParts } from "./body-parts.ts";
import { systemCodeOf } from "../system-code.ts";
import { hasBareLine } from "./bare-line.ts";
import { BodyReader } from "./body-reader.ts";
import { UNTIL_CLOSE } from "./framing.ts";
import { Malformed } from "./malformed.ts";
import { requestText } from "./request-text.ts";
import { trailerText } from "./trailer-text.ts";
import { parseResponseHead, type ResponseHead } from "./response-head.ts";

export interface DialOptions {
  target: TcpNetConnectOpts;
  /** Asked for at each dial; null: plain. */
  tls: (() => ConnectionOptions) | null;
  connectMs: number;
}

export interface ClientHooks {
  /** The connection can take another request. */
  onFree(connection: ClientConnection): void;
  onClosed(connection: ClientConnection): void;
  /** Its reader waits, or no more. */
  onPaused(connection: ClientConnection, paused: boolean): void;
}

const MAX_HEAD_BYTES = 64 * 1_024;
/** Each one goes on to the client at once, so many of them are a flood. */
const MAX_INTERIM = 32;
const IDLE_MS = 30_000;
/** An upstream that says how long it keeps a connection is left this much earlier, so that the two do not cross. */
const EARLY_MS = 1_000;

/** One memory for all plain connections: a read is dealt with before the next one begins. */
const shared = Buffer.allocUnsafeSlow(65_536);

type State = "dialling" | "idle" | "busy" | "closed";

/** A kept connection to an upstream, one exchange at a time (no pipelining: an answer could be taken for another's). */
export class ClientConnection implements OutboundStream, BodyParts {
  readonly isShared = false;
  readonly #socket: Socket;
  readonly #hooks: ClientHooks;
  readonly #deadline: Deadline;
  #state: State = "dialling";
  #request: OutboundRequest | undefined = undefined;
  #handler: OutboundHandler | undefined = undefined;
  #pending: Buffer | undefined = undefined;
  #head: ResponseHead | undefined = undefined;
  #body: BodyReader | undefined = undefined;
  #requestDone = true;
  /** Interim answers to this request so far. */
  #interim = 0;
  #answerDone = false;
  #trailers: readonly string[] | undefined = undefined;
  /** The protocol was changed: bytes pass as they are. */
  #raw = false;
  #idleMs = IDLE_MS;
  #paused = false;

  constructor({ target, tls, connectMs }: DialOptions, hooks: ClientHooks) {
    this.#hooks = hooks;
    this.#deadline = new Deadline(() => this.#tooLate());
    this.#deadline.set(performance.now() + connectMs);
    this.#socket =
      tls === null ? this.#dialPlain(target) : connectTls({ ...target, ...tls(), ALPNProtocols: ["http/1.1"] });
    const socket = this.#socket;
    socket.once(tls === null ? "connect" : "secureConnect", () => this.#connected());
    if (tls !== null) socket.on("data", (data: Buffer) => void this.#read(data));
    socket.on("end", () => this.#ended());
    socket.on("drain", () => this.#drained());
    socket.on("error", (error) => this.#failed(error));
    socket.once("close", () => this.#closed());
  }

  get isIdle(): boolean {
    // Between a socket's end and its close event it looks as before.
    return this.#state === "idle" && !this.#socket.destroyed;
  }

  /** Only on an idle connection, or on one that is being dialled for this request. */
  begin(request: OutboundRequest, handler: OutboundHandler): void {
    this.#request = request;
    this.#handler = handler;
    if (this.#state === "idle") this.#send();
  }

  write(chunk: Buffer): boolean {
    // As a chunk it would end the body.
    if (chunk.length === 0) return !this.#socket.writableNeedDrain;
    if (this.#raw) this.#deadline.set(performance.now() + this.#request!.tunnelIdleMs);
    if (this.#raw || this.#request!.bodyLength !== undefined) return this.#sent(this.#socket.write(Buffer.from(chunk)));
    this.#socket.cork();
    this.#socket.write(`${chunk.length.toString(16)}\r\n`, "latin1");
    this.#socket.write(Buffer.from(chunk));
    const passed = this.#socket.write("\r\n", "latin1");
    this.#socket.uncork();
    return this.#sent(passed);
  }

  /** An upstream that does not read is waited for as long as for one that does not write. */
  #sent(passed: boolean): boolean {
    if (!passed && !this.#raw && this.#head === undefined)
      this.#deadline.set(performance.now() + this.#request!.idleMs);
    return passed;
  }

  #drained(): void {
    if (this.#head === undefined && !this.#requestDone && this.#state === "busy") this.#deadline.clear();
    this.#handler?.onDrain();
  }

  end(trailers?: readonly string[]): void {
    if (this.#raw) return void this.#socket.end();
    if (this.#request!.bodyLength === undefined) this.#socket.write(`0\r\n${trailerText(trailers)}\r\n`, "latin1");
    this.#requestDone = true;
    if (this.#head === undefined) this.#deadline.set(performance.now() + this.#request!.headersMs);
  }

  pause(): void {
    this.#paused = true;
    this.#deadline.clear();
    this.#socket.pause();
    this.#hooks.onPaused(this, true);
  }

  resume(): void {
    this.#paused = false;
    this.#awaitBody();
    this.#socket.resume();
    this.#hooks.onPaused(this, false);
  }

  giveUp(): void {
    this.#handler?.onWanted();
  }

  abort(): void {
    this.#handler = undefined;
    this.#socket.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #dialPlain(target: TcpNetConnectOpts): Socket {
    const callback = (length: number): boolean => this.#read(shared.subarray(0, length));
    return connectPlain({ ...target, noDelay: true, onread: { buffer: shared, callback } });
  }

  #connected(): void {
    if (this.#state === "closed") return;
    this.#state = "idle";
    this.#deadline.clear();
    if (this.#handler !== undefined) return this.#send();
    this.#hooks.onFree(this);
  }

  #send(): void {
    const request = this.#request!;
    this.#state = "busy";
    this.#requestDone = !request.hasBody;
    this.#answerDone = false;
    this.#interim = 0;
    this.#trailers = undefined;
    const now = performance.now();
    if (this.#requestDone) this.#deadline.set(now + request.headersMs);
    else this.#deadline.clear();
    if (!request.hasBody) {
      this.#socket.write(requestText(request), "latin1");
      return this.#handler!.onStart(this);
    }
    // Head and the part of the body that is there already leave together.
    this.#socket.cork();
    this.#socket.write(requestText(request), "latin1");
    this.#handler!.onStart(this);
    this.#socket.uncork();
  }

  /** False: the reader is to wait. */
  #read(data: Buffer): boolean {
    // An answer that nobody asked for would be taken for the next request's.
    if (this.#state !== "busy") {
      this.#socket.destroy();
      return false;
    }
    try {
      this.#take(data);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#fail(new UpstreamError("malformed", error.message));
    }
    this.#handler?.onPause();
    return !this.#paused;
  }

  #take(read: Buffer): void {
    let data = read;
    let at = 0;
    while (this.#head === undefined) {
      // Given up while an interim answer was passed on.
      if (this.#handler === undefined) return;
      if (this.#pending !== undefined) data = Buffer.concat([this.#pending, data]);
      this.#pending = undefined;
      const end = data.indexOf("\r\n\r\n", at, "latin1");
      if (end === -1 || end - at > MAX_HEAD_BYTES) return this.#keep(data.subarray(at), end !== -1);
      const head = parseResponseHead(data.toString("latin1", at, end + 2), this.#request!.method);
      at = end + 4;
      if (head.status === 101) this.#changeProtocol(head);
      else if (head.status < 200) {
        this.#inform(head);
        if (at === data.length) return;
      } else this.#begun(head);
    }
    if (this.#body !== undefined) {
      at += this.#body.read(data, at);
      this.#awaitBody();
    }
    // What follows the answer is no answer to anything: this connection is not used again.
    if (this.#answerDone) this.#answerEnded(at === data.length);
  }

  #inform({ status, fields, connection }: ResponseHead): void {
    this.#interim += 1;
    if (this.#interim > MAX_INTERIM) throw new Malformed("bad_request", "The answer is announced without end.");
    if (status !== 100) this.#handler?.onInform(status, fields, connection);
  }

  #keep(rest: Buffer, tooLarge: boolean): void {
    if (!tooLarge && hasBareLine(rest, 0)) throw new Malformed("bad_request", "Lines end with CR and LF.");
    if (tooLarge || rest.length > MAX_HEAD_BYTES)
      throw new Malformed("headers_too_large", `An answer's head may have ${MAX_HEAD_BYTES} bytes.`);
    this.#pending = Buffer.from(rest);
  }

  #begun(head: ResponseHead): void {
    this.#head = head;
    const { status, fields, framing, connection } = head;
    const bodiless = framing.at === "none";
    if (!bodiless) this.#body = new BodyReader(framing, this);
    this.#handler!.onHead({ status, fields, connection, bodiless });
    this.#answerDone = bodiless;
  }

  onBodyData(chunk: Buffer): void {
    this.#handler?.onData(chunk);
  }

  onBodyEnd(trailers: string[] | undefined): void {
    this.#answerDone = true;
    this.#trailers = trailers;
  }

  #answerEnded(isClean: boolean): void {
    const handler = this.#handler;
    // Given up within this very read: the socket is destroyed, and must not be lent to another request.
    if (handler === undefined) return;
    const trailers = this.#trailers;
    const { keepsAlive, framing, fields } = this.#head!;
    this.#handler = undefined;
    this.#request = undefined;
    this.#head = undefined;
    this.#body = undefined;
    handler?.onEnd(trailers);
    // An answer before the request's end (an early refusal): the rest of the body has nowhere to go.
    if (!isClean || !keepsAlive || !this.#requestDone || framing.at === "close") return void this.#socket.destroy();
    this.#free(fields);
  }

  #free(fields: readonly string[]): void {
    this.#state = "idle";
    if (this.#paused) this.resume();
    this.#idleMs = keptFor(fields, this.#idleMs);
    this.#deadline.set(performance.now() + this.#idleMs);
    this.#hooks.onFree(this);
  }

  #changeProtocol(head: ResponseHead): void {
    if (this.#request!.upgrade === undefined)
      throw new Malformed("bad_request", "The answer changes the protocol unasked.");
    // The rest of the body would go out in its framing, among bytes of the other protocol.
    if (!this.#requestDone) throw new Malformed("bad_request", "The answer changes the protocol within the request.");
    this.#head = { ...head, framing: UNTIL_CLOSE, keepsAlive: false };
    this.#body = new BodyReader(UNTIL_CLOSE, this);
    this.#raw = true;
    this.#handler!.onTunnel(head.fields);
  }

  #awaitBody(): void {
    if (this.#body !== undefined && !this.#paused)
      this.#deadline.set(performance.now() + (this.#raw ? this.#request!.tunnelIdleMs : this.#request!.idleMs));
  }

  #ended(): void {
    if (this.#state === "busy" && this.#body?.endOfConnection()) return this.#answerEnded(false);
    this.#fail(this.#broken("The upstream closed the connection."));
  }

  #tooLate(): void {
    if (this.#state === "dialling")
      return this.#fail(new UpstreamError("dial", "The connection took too long.", { code: "CONNECT_TIMEOUT" }));
    if (this.#state === "idle") return void this.#socket.destroy();
    this.#fail(new UpstreamError("timeout", "The answer took too long."));
  }

  #failed(error: NodeJS.ErrnoException): void {
    if (this.#state === "dialling")
      return this.#fail(new UpstreamError("dial", error.message, { cause: error, code: systemCodeOf(error) }));
    this.#fail(this.#broken(error.message, error));
  }

  #broken(message: string, cause?: unknown): UpstreamError {
    return new UpstreamError(this.#head === undefined ? "broken" : "cut", message, { cause });
  }

  #fail(error: UpstreamError): void {
    const handler = this.#handler;
    this.#handler = undefined;
    this.#socket.destroy();
    handler?.onError(error);
  }

  #closed(): void {
    this.#deadline.end();
    if (this.#state === "closed") return;
    const wasDialling = this.#state === "dialling";
    this.#state = "closed";
    this.#hooks.onClosed(this);
    if (this.#handler === undefined) return;
    if (wasDialling) this.#fail(new UpstreamError("dial", "The connection was not made."));
    else this.#fail(this.#broken("The upstream closed the connection."));
  }
}

/** Of `Keep-Alive: timeout=5` (RFC 2068, 19.7.1), which most servers still send. */
function keptFor(fields: readonly string[], before: number): number {
  for (let index = 0; index < fields.length; index += 2) {
    if (fields[index]!.length !== 10 || fields[index]!.toLowerCase() !== "keep-alive") continue;
    const seconds = /timeout=(\d{1,6})/i.exec(fields[index + 1]!)?.[1];
    return seconds === undefined ? before : Math.max(100, Math.min(IDLE_MS, Number(seconds) * 1_000 - EARLY_MS));
  }
  return before;
}
