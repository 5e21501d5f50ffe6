/** How a process of ours is started on this machine: always the same Node, never a shell. */
export interface ProcessCommand {
  command: string;
  args: string[];
  /** What every process gets: little, so that nothing of the machine's own environment leaks to a tenant's. */
  env: Record<string, string>;
}
