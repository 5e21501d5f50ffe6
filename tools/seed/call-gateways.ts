import { waitUntil } from "#base/wait.ts";

interface Secrets {
  key: string;
  trialKey: string;
}

/** A day's mix in short: mostly reads by a partner, some by anybody, a few refused. The same at every seed. */
const calls: [method: string, path: string, as: keyof Secrets | "nobody", times: number][] = [
  ["GET", "/orders/orders", "key", 14],
  ["GET", "/orders/orders/1007", "key", 22],
  ["POST", "/orders/orders", "key", 6],
  ["DELETE", "/orders/orders/1003", "key", 2],
  ["GET", "/shipments/shipments/88", "key", 16],
  ["GET", "/shipments/shipments/fail", "key", 2],
  ["GET", "/catalogue/products", "nobody", 18],
  ["GET", "/catalogue/products/rope-12mm", "nobody", 12],
  ["GET", "/orders/orders", "trialKey", 8],
  ["GET", "/orders/orders", "nobody", 3],
];

/** Makes the calls through each gateway, one after another; answers how many there were. */
export async function callGateways(endpoints: string[], secrets: Secrets): Promise<number> {
  let made = 0;
  for (const endpoint of endpoints) {
    await keyWorksAt(endpoint, secrets.key);
    for (const [method, path, as, times] of calls)
      for (let time = 0; time < times; time++, made++) {
        const answer = await fetch(endpoint + path, { method, headers: as === "nobody" ? {} : bearer(secrets[as]) });
        await answer.arrayBuffer();
      }
  }
  return made;
}

/** A new key reaches every node by the link, which takes a moment. */
async function keyWorksAt(endpoint: string, key: string): Promise<void> {
  const opens = async () => {
    const answer = await fetch(`${endpoint}/orders/orders/1007`, { headers: bearer(key) });
    await answer.arrayBuffer();
    return ![401, 403, 404].includes(answer.status);
  };
  await waitUntil(opens, { what: `the new key opens the API at ${endpoint}`, timeoutMs: 15_000 });
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
