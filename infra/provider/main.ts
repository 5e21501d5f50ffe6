import { main } from "@pulumi/pulumi/provider/index.js";
import { z } from "zod";
import { parseEnv } from "#base/env.ts";
import { regionClient } from "#infra/local/client.ts";
import { localProvider } from "./provider.ts";

/**
 * The provider's process. Pulumi starts it through `bin/pulumi-resource-causeway-local`, or the worker's child starts it
 * ahead of its run and sends the lease's epoch when it has one.
 */
const env = parseEnv(
  z.object({ CAUSEWAY_LOCAL_SOCKET: z.string().min(1), CAUSEWAY_EPOCH: z.coerce.number().int().optional() }),
);
let epoch = env.CAUSEWAY_EPOCH;
process.on("message", (message) => {
  epoch = z.object({ epoch: z.int() }).parse(message).epoch;
});

await main(
  localProvider(regionClient({ socket: env.CAUSEWAY_LOCAL_SOCKET, epoch: () => epoch })),
  process.argv.slice(2),
);
