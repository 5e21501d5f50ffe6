import { background } from "#base/log.ts";
import { readPlaneEnv } from "./env.ts";
import { startPlane } from "./start-plane.ts";

/** The process: serves until it is told to stop, says goodbye to its nodes, and ends. */
const running = await startPlane(readPlaneEnv());
const { plane, url } = running;
plane.log.info({ url }, "control plane ready");

for (const signal of ["SIGTERM", "SIGINT"] as const)
  process.once(signal, () => {
    plane.log.info({ signal }, "control plane stops");
    background(
      running.stop().then(() => process.exit(0)),
      plane.log,
      "stop",
    );
  });
