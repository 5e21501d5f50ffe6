import { request } from "node:http";

/**
 * Whether an HTTP server answers at a tenant's address, asked so that it is no call of the tenant's: a request without Host
 * must be refused by every server (RFC 9112, section 3.2), and a gateway refuses it before it looks for an API or counts.
 */
export function answersUncounted(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const asked = request({ host: hostname, port, path: "/", setHost: false, agent: false, timeout: 2_000 });
    asked.once("response", (response) => {
      response.resume();
      resolve(response.statusCode === 400);
    });
    asked.once("timeout", () => asked.destroy(new Error("no answer within 2 s")));
    asked.once("error", reject);
    asked.end();
  });
}
