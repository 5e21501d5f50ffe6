import { randomBytes } from "node:crypto";
import type { SecureVersion } from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import { createLogger } from "#base/log.ts";
import { listener } from "#contracts/config/listener.ts";
import { visit } from "#gateway/testkit/tls-visit.ts";
import { makeCertificate } from "#tools/testing/certificates.ts";
import { CertificateBook } from "./certificate-book.ts";
import { Port } from "./port.ts";

const authority = makeCertificate({ subject: "/CN=Test Authority", authority: true });
const newPair = () => makeCertificate({ subject: "/CN=a", issuer: authority, names: ["a.example"] });
const texts: Record<string, string> = {};
function renew(): void {
  const { pem, keyPem } = newPair();
  Object.assign(texts, { "env://CERTIFICATE": pem, "env://KEY": keyPem });
}
renew();

const open: Port[] = [];
afterEach(() => Promise.all(open.splice(0).map((port) => port.close())));

interface Standing {
  number: number;
  /** As after a message with new keys, or a renewed certificate. */
  use(keys: Buffer): void;
}

/** A port as a worker has it, which ends each connection with a word. */
async function standing(keys: Buffer | undefined, settings: object = {}): Promise<Standing> {
  const book = new CertificateBook(
    { read: (reference) => texts[reference] },
    createLogger("test", { level: "silent" }),
  );
  const certificate = { id: "a", certificate: "env://CERTIFICATE", key: "env://KEY", default: false };
  book.use([certificate]);
  book.ticketKeys = keys;
  const speech = listener.parse({ port: 1, tls: settings });
  const port = new Port(speech, book, {
    trusts: () => false,
    admits: () => true,
    onHttp: (socket) => socket.end("whole"),
    onStream: (socket) => socket.destroy(),
  });
  open.push(port);
  const { port: number } = await port.listen({ host: "127.0.0.1", port: 0 });
  const use = (next: Buffer) => {
    book.refresh();
    book.ticketKeys = next;
    port.speak(speech);
  };
  return { number, use };
}

describe.each<SecureVersion>(["TLSv1.2", "TLSv1.3"])("over %s a client", (version) => {
  const come = async ({ number }: Standing, session?: Buffer) => {
    const versions = { minVersion: version, maxVersion: version };
    const seen = await visit({ port: number, ca: authority.pem, servername: "a.example", session, ...versions });
    expect(seen.text).toBe("whole");
    return seen;
  };

  test("resumes at any worker that has the same keys, and at no other", async () => {
    const keys = randomBytes(48);
    const [one, other, stranger] = [await standing(keys), await standing(keys), await standing(randomBytes(48))];
    const { session, resumed } = await come(one);
    expect(resumed).toBe(false);
    expect((await come(one, session)).resumed).toBe(true);
    expect((await come(other, session)).resumed).toBe(true);
    expect((await come(stranger, session)).resumed).toBe(false);
  });

  test("makes one whole handshake when keys are renewed, and resumes again with what it is given then", async () => {
    const [first, second] = [randomBytes(48), randomBytes(48)];
    const port = await standing(first);
    const { session } = await come(port);
    port.use(second);
    const again = await come(port, session);
    expect(again.resumed).toBe(false);
    expect((await come(port, again.session)).resumed).toBe(true);
  });

  test("resumes across a renewed certificate and a reload", async () => {
    const keys = randomBytes(48);
    const port = await standing(keys);
    const { session } = await come(port);
    renew();
    port.use(keys);
    expect((await come(port, session)).resumed).toBe(true);
  });

  test("of a port with other ciphers makes a whole handshake", async () => {
    const keys = randomBytes(48);
    const [wide, strict] = [await standing(keys), await standing(keys, { ciphers: "ECDHE+AESGCM" })];
    const { session } = await come(wide);
    expect((await come(strict, session)).resumed).toBe(false);
  });

  test("is never resumed where it is asked for a certificate, and is served all the same", async () => {
    const keys = randomBytes(48);
    const [plain, asking] = [await standing(keys), await standing(keys, { clientCertificates: "request" })];
    const { session } = await come(plain);
    expect((await come(asking, session)).resumed).toBe(false);
    const shown = await come(asking);
    expect((await come(asking, shown.session)).resumed).toBe(false);
  });
});
