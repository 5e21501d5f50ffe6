import { spawn, type ChildProcess } from "node:child_process";

/**
 * Starts the provider ahead of the run that will need it: importing Pulumi takes as long as a whole `up` of a small stack.
 * It is found on PATH under the name that Pulumi itself would look for, and ends with this process's group.
 */
export async function startProvider(): Promise<{ process: ChildProcess; port: number }> {
  const child = spawn("pulumi-resource-causeway-local", [], { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  const port = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the provider ended with status ${code} before it listened`)));
    child.stdout?.once("data", (chunk: Buffer) => resolve(Number(chunk.toString().trim())));
  });
  return { process: child, port };
}
