import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bootGateway, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { framings } from "#gateway/testkit/wire/framings.ts";
import { startHaproxy, startNginx, type Peer } from "#gateway/testkit/peers.ts";
import { hasHaproxy, hasNginx } from "#tools/testing/listening-program.ts";
import { startRawUpstream, type RawUpstream } from "#gateway/testkit/raw-upstream.ts";
import { sendRaw } from "#gateway/testkit/raw.ts";

/** What became of one input behind one proxy. */
interface Seen {
  requests: number;
  /** Status of the first answer; `-` where there was none. */
  answer: string;
  bytes: string[];
}

/** Where the gateway passes on what both refuse, or more than they see: input and reason. */
const ALLOWED: Record<string, string> = {
  "an underscore in the length's name":
    "it is no length to anybody, so `helloGET` begins another request; nginx alone takes small letters for no method",
};

/** Nothing more is said by anybody after this. */
const QUIET_MS = 250;

let folder: string;
let gateway: BootedGateway;
const upstreams: Record<string, RawUpstream> = {};
const proxies: Record<string, { url: string }> = {};
const peers: Peer[] = [];

describe.skipIf(!hasNginx || !hasHaproxy)("beside nginx and HAProxy, which must be installed", () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "causeway-differential-"));
    for (const name of ["gateway", "nginx", "haproxy"]) upstreams[name] = await startRawUpstream();
    gateway = await bootGateway({
      apis: [{ id: "all", listen: "/", auth: "none", upstream: upstreams.gateway!.url }],
    });
    peers.push(await startNginx(folder, upstreams.nginx!.port), await startHaproxy(folder, upstreams.haproxy!.port));
    Object.assign(proxies, { gateway, nginx: peers[0], haproxy: peers[1] });
  });
  afterAll(async () => {
    await Promise.all([gateway.stop(), ...peers.map((peer) => peer.stop())]);
    for (const upstream of Object.values(upstreams)) upstream.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function sendThrough(name: string, bytes: string): Promise<Seen> {
    const upstream = upstreams[name]!;
    upstream.forget();
    const { text } = await sendRaw(proxies[name]!.url, Buffer.from(bytes, "latin1"), QUIET_MS);
    return {
      requests: upstream.requests.length,
      answer: /^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? "-",
      bytes: upstream.bytes(),
    };
  }

  test.for(framings)("$what", async ({ what, bytes }, { annotate }) => {
    const [ours, nginx, haproxy] = await Promise.all(
      ["gateway", "nginx", "haproxy"].map((name) => sendThrough(name, bytes)),
    );
    const told = `${what}: gateway ${said(ours!)}, nginx ${said(nginx!)}, HAProxy ${said(haproxy!)}`;
    for (const sent of ours!.bytes) expect(ambiguityOf(sent), told).toBeUndefined();
    if (new Set([ours!, nginx!, haproxy!].map(({ requests }) => requests)).size > 1)
      await annotate(`${told}${what in ALLOWED ? `; ${ALLOWED[what]}` : ""}`);
    if (what in ALLOWED) return;
    const fewest = Math.min(...[nginx!.requests, haproxy!.requests].filter((count) => count > 0));
    if (nginx!.requests + haproxy!.requests === 0) expect(ours!.requests, told).toBe(0);
    else expect(ours!.requests, told).toBeLessThanOrEqual(fewest);
  });
});

function said({ requests, answer }: Seen): string {
  return `${answer} (${requests} upstream)`;
}

/** What a second reader could read differently in bytes that went upstream. */
function ambiguityOf(sent: string): string | undefined {
  for (const head of sent.split(/(?<=\r\n\r\n)/).filter((part) => /^[A-Z]+ [^ ]+ HTTP/.test(part))) {
    const lines = head.trimEnd().split("\r\n");
    if (!/^[!#$%&'*+.^_`|~\w-]+ \/[!-~]* HTTP\/1\.1$/.test(lines[0]!)) return `request line ${lines[0]}`;
    const odd = lines.slice(1).find((line) => !/^[!#$%&'*+.^_`|~\w-]+: [\t -~\x80-\xff]*$/.test(line));
    if (odd !== undefined) return `line ${odd}`;
    const framing = lines.filter((line) => /^(content-length|transfer-encoding):/i.test(line));
    if (framing.length > 1) return `framing ${framing.join(", ")}`;
    if (framing.some((line) => !/^(content-length: \d+|transfer-encoding: chunked)$/i.test(line))) return framing[0];
    if (lines.filter((line) => /^host:/i.test(line)).length !== 1) return "hosts";
    if (lines.some((line) => /^(connection|upgrade|http2-settings|expect|te):/i.test(line))) return "hop by hop";
  }
  return undefined;
}
