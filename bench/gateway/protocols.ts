import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeCertificate } from "#tools/testing/certificates.ts";
import { freePort } from "#tools/testing/free-port.ts";
import { figure } from "../measure/figure.ts";
import { hasH2load } from "../measure/load.ts";
import { startGateway, startNginx } from "../measure/servers.ts";
import { compare, type Contender } from "./compare.ts";
import type { Workplace } from "./workplace.ts";

/** TLS and HTTP/2 from clients, beside nginx that ends them too; connections stand, so handshakes are not in it. */
export async function protocols({ folder, keep }: Workplace): Promise<void> {
  const { pem, keyPem } = makeCertificate({ subject: "/CN=localhost", names: ["localhost"] });
  const [certificate, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  writeFileSync(certificate, pem);
  writeFileSync(key, keyPem);
  const upstream = keep(await startNginx(folder, "upstream"));
  const nginx = keep(await startNginx(folder, "nginx", { upstream: upstream.port, tls: { certificate, key } }));
  const tlsPort = await freePort();
  const config = join(folder, "gateway.json");
  writeFileSync(
    config,
    JSON.stringify({
      apis: [{ id: "plain", listen: "/plain", upstream: `http://127.0.0.1:${upstream.port}`, auth: "none" }],
      certificates: [{ id: "bench", certificate: `file://${certificate}`, key: `file://${key}`, default: true }],
      settings: { listeners: [{ host: "127.0.0.1", port: tlsPort, tls: {} }] },
    }),
  );
  const gateway = keep(await startGateway(folder, config));
  const pair = (name: string, http2: boolean): { base: Contender; others: Contender[] } => ({
    base: { name: `nginx, ${name}`, url: `https://127.0.0.1:${nginx.port}/`, pids: [nginx.pid], http2 },
    others: [{ name: `plain, ${name}`, url: `https://127.0.0.1:${tlsPort}/plain/`, pids: [gateway.pid], http2 }],
  });
  await compare(pair("TLS", false));
  if (hasH2load) await compare(pair("HTTP/2 over TLS", true));
  else
    figure("gateway", "HTTP/2 over TLS", { skipped: "h2load is not on PATH (Debian: apt-get install nghttp2-client)" });
}
