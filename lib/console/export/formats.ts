import { csvOf } from '../../csv.ts';
import type { Language } from '../../sentence.ts';
import { countText, type Exported, textOf } from './exported.ts';
import { sheetOf } from './sheet.tsx';

/** JSON loses nothing; CSV has a line a contact; the sheet is a page for people, contacts side by side. */
export const EXPORT_FORMATS = ['json', 'csv', 'html'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** The text of a file. Personal data. */
export function exportedAs(format: ExportFormat, exported: Exported, language: Language): string {
  if (format === 'html') return sheetOf(exported, language);
  return format === 'csv' ? asCsv(exported) : asJson(exported);
}

const asJson = ({ properties: _all, kinds: _counted, at, ...rest }: Exported): string =>
  `${JSON.stringify({ ...rest, at: new Date(at).toISOString() }, null, 2)}\n`;

function asCsv({ contacts, properties, kinds }: Exported): string {
  const header = ['role', 'contact', 'record', ...properties, ...kinds.map((kind) => `count of ${kind}`)];
  const lines = contacts.map((one) => [
    one.role,
    one.contactId ?? '',
    one.recordId ?? '',
    ...properties.map((name) => textOf(one, name)),
    ...kinds.map((kind) => countText(one.associations?.[kind])),
  ]);
  return csvOf([header, ...lines], "'");
}
