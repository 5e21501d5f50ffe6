import type { Exchange } from "#gateway/pipeline/exchange.ts";
import { Fields } from "#gateway/wire/index.ts";

export interface Sketch {
  nowMs?: number;
  fields?: string[];
  query?: string;
  address?: string;
}

/** As much of an exchange as choosing a target looks at. */
export function exchangeOf({ nowMs = 0, fields = [], query = "", address = "192.0.2.1" }: Sketch = {}): Exchange {
  return { nowMs, fields: new Fields(fields), query, connection: { address } } as unknown as Exchange;
}
