import { parse } from 'csv-parse/sync';
import { UnusableFile } from '../unusable-file.ts';
import { decodeTable } from './decode.ts';

/** One row as it stands in the file. */
export interface TableRow {
  /** In the file, from 1; the header is usually line 1. In a workbook, the row. */
  line: number;
  cells: string[];
}

export interface Table {
  header: string[];
  rows: TableRow[];
}

const ZIP = [0x50, 0x4b, 0x03, 0x04]; // An .xlsx is a ZIP archive.
const OLD_EXCEL = [0xd0, 0xcf, 0x11, 0xe0];
const startsWith = (bytes: Uint8Array, mark: number[]) => mark.every((byte, index) => bytes[index] === byte);

/**
 * A table of texts from CSV (comma, semicolon or tab) or .xlsx (its first sheet); which it is, its bytes say. Rows
 * without any text are left out. @throws UnusableFile
 */
export async function readTable(bytes: Uint8Array): Promise<Table> {
  if (startsWith(bytes, OLD_EXCEL))
    throw new UnusableFile('this is a workbook in the old .xls format: save it as .xlsx or CSV');
  const rows = startsWith(bytes, ZIP) ? await readWorkbook(bytes) : readCsv(decodeTable(bytes));
  const filled = rows.filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
  const [header, ...body] = filled;
  if (!header) throw new UnusableFile('the file is empty: it should have a row of column names and a row a contact');
  return { header: header.cells.map((cell) => cell.trim()), rows: body };
}

function readCsv(text: string): TableRow[] {
  try {
    const options = { delimiter: delimiterOf(text), relax_column_count: true, relax_quotes: true, info: true } as const;
    const parsed = parse(text, options) as unknown as { record: string[]; info: { lines: number } }[];
    return parsed.map(({ record, info }) => ({ line: info.lines, cells: record.map(withoutGuard) }));
  } catch (error) {
    throw new UnusableFile(`the file is not CSV as spreadsheets write it${lineOf(error)}: export it again`);
  }
}

/** The parser's message may quote a cell; only its line is used. */
function lineOf(error: unknown): string {
  const lines = (error as { lines?: unknown }).lines;
  return typeof lines === 'number' ? ` (line ${lines})` : '';
}

/** The one that the first line has most of, outside quotes. */
function delimiterOf(text: string): string {
  const [first = ''] = text.replace(/"[^"]*"/g, '').split(/\r\n|\n|\r/);
  const count = (delimiter: string) => first.split(delimiter).length;
  return [',', ';', '\t'].reduce((best, one) => (count(one) > count(best) ? one : best));
}

/** Exports put a tab around numbers so that Excel leaves them as they are: it is no part of the value. */
const withoutGuard = (cell: string): string => cell.replace(/^\t+|\t+$/g, '');

async function readWorkbook(bytes: Uint8Array): Promise<TableRow[]> {
  const { readSheet } = await import('read-excel-file/node');
  try {
    const rows = await readSheet(Buffer.from(bytes));
    return rows.map((cells, index) => ({ line: index + 1, cells: cells.map(textOf) }));
  } catch {
    throw new UnusableFile('the workbook cannot be read: save it as .xlsx again, or as CSV');
  }
}

/** A long number in a workbook has 15 right digits at most: a longer one is shown as what it has become. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  return withoutGuard(String(value));
}
