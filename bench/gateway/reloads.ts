import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { figure, quantile, rounded } from "../measure/figure.ts";
import { sendPaced } from "../measure/paced.ts";
import { startGateway, startNginx } from "../measure/servers.ts";
import { manyApis } from "./api-counts.ts";
import type { Workplace } from "./workplace.ts";

const APIS = 10_000;
const PER_SECOND = 2_000;
const SECONDS = 30;
const TOKEN = "bench-admin";

interface Status {
  applied: { tookMs: number };
}

/** One API of ten thousand changes again and again while others are called: how long until it is served, and who is harmed. */
export async function reloads({ folder, keep }: Workplace): Promise<void> {
  const upstream = keep(await startNginx(folder, "upstream"));
  const config = join(folder, "gateway.json");
  const apis = manyApis(APIS, upstream.port);
  const writeWith = (name: string) => {
    const [first, ...others] = apis.apis;
    writeFileSync(config, JSON.stringify({ apis: [{ ...first, listen: `/${name}` }, ...others] }));
  };
  writeWith("first");
  const gateway = keep(await startGateway(folder, config, { CAUSEWAY_ADMIN_TOKEN: TOKEN }));
  const at = `http://127.0.0.1:${gateway.port}`;
  let isOver = false;
  const calls = sendPaced({ url: `${at}/api-77/`, perSecond: PER_SECOND, seconds: SECONDS, connections: 20 }).finally(
    () => (isOver = true),
  );
  const wholeMs: number[] = [];
  const applyMs: number[] = [];
  for (let index = 0; !isOver; index += 1) {
    writeWith(`changed-${index}`);
    const startedAt = performance.now();
    const answer = await fetch(`http://127.0.0.1:${gateway.adminPort}/v1/reload`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    wholeMs.push(performance.now() - startedAt);
    if (!answer.ok) throw new Error(`reload: ${answer.status} ${await answer.text()}`);
    const served = await fetch(`${at}/changed-${index}/`);
    if (served.status !== 200) throw new Error(`the changed API is not served: ${served.status}`);
    const status = await fetch(`http://127.0.0.1:${gateway.adminPort}/v1/status`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    applyMs.push(((await status.json()) as Status).applied.tookMs);
  }
  const { p50, p99, failed, sent } = await calls;
  figure("gateway", `one of ${APIS} APIs changed under load`, {
    times: wholeMs.length,
    wholeP50Ms: rounded(quantile(wholeMs, 0.5), 0),
    wholeMostMs: rounded(Math.max(...wholeMs), 0),
    applyP50Ms: rounded(quantile(applyMs, 0.5), 0),
    applyMostMs: rounded(Math.max(...applyMs), 0),
    calls: sent,
    failedCalls: failed,
    callP50Ms: rounded(p50, 2),
    callP99Ms: rounded(p99, 1),
  });
}
