import Link from "next/link";
import { filterHref } from "./range.ts";
import { count, milliseconds, share } from "#app/_charts/figures.ts";
import type { AnalyticsReport } from "#app/_trpc/views.ts";
import { Section } from "#app/_ui/panel.tsx";
import { Lamp } from "#app/_ui/state.tsx";
import { Row, Table, Td, Th, rowLink } from "#app/_ui/table.tsx";

/** The same calls by operation, by key and by answer. */
export function Breakdown({
  report,
  base,
  filters,
}: {
  report: AnalyticsReport;
  base: string;
  filters: Record<string, string>;
}) {
  const nameOf = (id: string) => report.apis.find((api) => api.id === id)?.name ?? id;
  return (
    <div className="grid gap-x-6 gap-y-8 lg:grid-cols-2">
      <Section title="By answer" className="mb-0 min-w-0">
        <Table
          label="Calls by answer"
          head={
            <>
              <Th>Status</Th>
              <Th>Why</Th>
              <Th end>Calls</Th>
            </>
          }
        >
          {report.statuses.map((row) => (
            <Row key={`${row.status} ${row.reason}`}>
              <Td>
                <span className="inline-flex items-center gap-2.5">
                  <Lamp tone={toneOf(row.status)} />
                  {row.status}
                </span>
              </Td>
              <Td className="text-ink-2">
                {row.reason ? <code className="text-sm">{row.reason}</code> : "the upstream's answer"}
              </Td>
              <Td end>{count(row.calls)}</Td>
            </Row>
          ))}
        </Table>
      </Section>
      <Section title="By key" className="mb-0 min-w-0">
        <Table
          label="Calls by key"
          head={
            <>
              <Th>Key</Th>
              <Th end>Calls</Th>
              <Th end>Errors</Th>
            </>
          }
        >
          {report.keys.map((row) => (
            <Row key={row.id ?? row.name}>
              <Td>
                {row.id ? (
                  <Link href={filterHref(base, { ...filters, key: row.id })} className={rowLink}>
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
            </Row>
          ))}
        </Table>
      </Section>
      {report.operations.length > 0 && (
        <Section title="By operation" className="mb-0 min-w-0 lg:col-span-2">
          <Table
            label="Calls by operation"
            head={
              <>
                <Th>Operation</Th>
                <Th className="max-sm:hidden">API</Th>
                <Th end>Calls</Th>
                <Th end>Errors</Th>
                <Th end className="max-sm:hidden">
                  95th
                </Th>
              </>
            }
          >
            {report.operations.map((row) => (
              <Row key={`${row.api} ${row.operation}`}>
                <Td>
                  <code className="text-sm">{row.operation}</code>
                </Td>
                <Td className="text-ink-2 max-sm:hidden">{nameOf(row.api)}</Td>
                <Td end>{count(row.calls)}</Td>
                <Td end className={row.errors > 0 ? "text-bad-ink" : "text-ink-3"}>
                  {share(row.errors, row.calls)}
                </Td>
                <Td end className="text-ink-2 max-sm:hidden">
                  {milliseconds(row.latency.p95Ms)}
                </Td>
              </Row>
            ))}
          </Table>
        </Section>
      )}
    </div>
  );
}

function toneOf(status: number) {
  if (status >= 500) return "bad";
  return status >= 400 ? "signal" : "good";
}
