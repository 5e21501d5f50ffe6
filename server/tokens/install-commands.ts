import type { ConsoleEnv } from "../env.ts";

interface InstallCommand {
  method: "node";
  title: string;
  command: string;
}

/** One paste a way of installing; the first is what runs where the console was started from a checkout. */
export function installCommands(env: ConsoleEnv, token: string): InstallCommand[] {
  const where = `CAUSEWAY_URL=${env.CAUSEWAY_PUBLIC_URL} CAUSEWAY_TOKEN=${token}`;
  return [
    { method: "node", title: "Node", command: `${where} ${env.CAUSEWAY_GATEWAY_COMMAND} --listen 127.0.0.1:8080` },
  ];
}
