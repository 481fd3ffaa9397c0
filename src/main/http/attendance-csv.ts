import type { Visit } from '../../shared/access.ts';

const columns = ['from', 'until', 'present', 'kind', 'name', 'stream', 'address'] as const;

/** The attendance record as a table for spreadsheets (RFC 4180). Times are UTC, as ISO 8601 writes them. */
export function attendanceCsv(visits: readonly Visit[]): string {
  const rows = visits.map(({ fromMs, untilMs, isPresent, kind, name, streamId, address }) => [
    new Date(fromMs).toISOString(),
    new Date(untilMs).toISOString(),
    isPresent ? 'yes' : 'no',
    kind,
    name,
    streamId,
    address,
  ]);
  return [columns, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

/** Spreadsheets take a text that begins with one of these signs for a formula, in quotes too; the apostrophe makes it a text. */
function field(text: string): string {
  const harmless = /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}
