import Link from "next/link";
import { filterHref } from "./range.ts";
import { count, milliseconds, share } from "#app/_charts/figures.ts";
import type { AnalyticsReport } from "#app/_trpc/views.ts";
import { Section } from "#app/_ui/panel.tsx";
import { Row, Table, Td, Th, rowLink } from "#app/_ui/table.tsx";
import { When } from "#app/_ui/when.tsx";

export function CallsByApi({
  rows,
  base,
  filters,
}: {
  rows: AnalyticsReport["apis"];
  base: string;
  filters: Record<string, string>;
}) {
  return (
    <Section title="By API" className="mb-0">
      <Table
        label="Calls by API"
        head={
          <>
            <Th>API</Th>
            <Th end>Calls</Th>
            <Th end>Errors</Th>
            <Th end className="max-sm:hidden">
              50th
            </Th>
            <Th end className="max-sm:hidden">
              95th
            </Th>
            <Th end className="max-md:hidden">
              99th
            </Th>
            <Th end className="max-md:hidden">
              Last call
            </Th>
          </>
        }
      >
        {rows.length === 0 && (
          <tr>
            <td colSpan={7} className="h-11 px-4 text-ink-3">
              No calls yet
            </td>
          </tr>
        )}
        {rows.map((row) => (
          <Row key={row.id ?? row.name}>
            <Td>
              {row.id ? (
                <Link href={filterHref(base, { ...filters, api: row.id })} className={rowLink}>
                  {row.name}
                </Link>
              ) : (
                <span className="text-ink-2">{row.name}</span>
              )}
            </Td>
            <Td end>{count(row.calls)}</Td>
            <Td end className={row.errors > 0 ? "text-bad-ink" : "text-ink-3"}>
              {share(row.errors, row.calls)}
            </Td>
            <Td end className="text-ink-2 max-sm:hidden">
              {milliseconds(row.latency.p50Ms)}
            </Td>
            <Td end className="text-ink-2 max-sm:hidden">
              {milliseconds(row.latency.p95Ms)}
            </Td>
            <Td end className="text-ink-2 max-md:hidden">
              {milliseconds(row.latency.p99Ms)}
            </Td>
            <Td end className="text-ink-3 max-md:hidden">
              <When at={row.lastCallAt} />
            </Td>
          </Row>
        ))}
      </Table>
    </Section>
  );
}
