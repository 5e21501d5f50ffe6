import { cpuOf } from "../measure/cpu.ts";
import { figure, median, rounded } from "../measure/figure.ts";
import { applyLoad, type Load } from "../measure/load.ts";

const ROUNDS = 5;
const SECONDS = 3;
const CONNECTIONS = 50;

export interface Contender extends Omit<Load, "seconds" | "connections"> {
  name: string;
  /** Processes whose processor time counts. */
  pids: number[];
}

export interface Comparison {
  base: Contender;
  others: Contender[];
  /** What the base is called in the figures of the others. */
  baseName?: string;
}

/**
 * Processor time a request, as a ratio to the base's. Contenders take turns, so that what the machine does meanwhile meets
 * them alike; the median of the rounds is the figure.
 */
export async function compare({ base, others, baseName = base.name }: Comparison): Promise<void> {
  const all = [base, ...others];
  const costs = new Map<Contender, number[]>(all.map((one) => [one, []]));
  const rates = new Map<Contender, number[]>(all.map((one) => [one, []]));
  for (const one of all) await applyLoad({ ...one, seconds: 2, connections: CONNECTIONS });
  for (let round = 0; round < ROUNDS; round += 1)
    for (const one of all) {
      const before = one.pids.reduce((sum, pid) => sum + cpuOf(pid), 0);
      const { requests, seconds, failed } = await applyLoad({ ...one, seconds: SECONDS, connections: CONNECTIONS });
      if (failed > 0) throw new Error(`${one.name}: ${failed} of ${requests} requests failed`);
      const used = one.pids.reduce((sum, pid) => sum + cpuOf(pid), 0) - before;
      costs.get(one)!.push(used / requests);
      rates.get(one)!.push(requests / seconds);
    }
  for (const one of all) {
    const ratios = costs.get(one)!.map((cost, round) => cost / costs.get(base)![round]!);
    figure("gateway", one.name, {
      usPerRequest: rounded(median(costs.get(one)!), 1),
      requestsPerSecond: Math.round(median(rates.get(one)!)),
      beside: baseName,
      ratio: rounded(median(ratios)),
      ratioMin: rounded(Math.min(...ratios)),
      ratioMax: rounded(Math.max(...ratios)),
    });
  }
}
