/**
 * Lines of CSV for spreadsheets, which read UTF-8 by its byte order mark. What begins like a formula would be one:
 * https://owasp.org/www-community/attacks/CSV_Injection
 * @param guard what is put before such a cell, so that it is a text
 */
export const csvOf = (rows: readonly (readonly string[])[], guard: '\t' | "'"): string =>
  `\uFEFF${rows.map((row) => row.map((text) => cell(text, guard)).join(',')).join('\r\n')}\r\n`;

function cell(text: string, guard: string): string {
  const safe = /^[=+\-@＝＋－＠\t\r\n]/.test(text) ? `${guard}${text}` : text;
  return /[",\r\n\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
