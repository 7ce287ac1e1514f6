/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import { raw } from 'hono/html';
import { fieldLabel } from '../../dustess/field-labels.ts';
import { localTime } from '../../local-time.ts';
import type { Language } from '../../sentence.ts';
import { type Tell, tellIn } from '../texts/texts.ts';
import { countText, type Exported, textOf } from './exported.ts';

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;margin:24px}table{border-collapse:collapse}' +
  'th,td{border:1px solid #999;padding:5px 10px;text-align:left;vertical-align:top;overflow-wrap:anywhere}' +
  'small{color:#555;font-weight:400}@media print{body{margin:0}}';

/** A page that stands alone, to be read, printed or opened in a spreadsheet: a line a property, a column a contact. */
export function sheetOf(exported: Exported, language: Language): string {
  return `<!doctype html>${String(<Sheet exported={exported} language={language} tell={tellIn(language)} />)}\n`;
}

interface SheetProps {
  exported: Exported;
  language: Language;
  tell: Tell;
}

function Sheet({ exported, language, tell }: SheetProps) {
  const { eventId, tenant, at, source, wasCalled, contacts } = exported;
  const title = tell('export.title', { event: eventId });
  const time = localTime(at);
  return (
    <html lang={language === 'zh' ? 'zh-CN' : 'en'}>
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>{title}</title>
        <style>{raw(STYLE)}</style>
      </head>
      <body>
        <h1>{title}</h1>
        <p>{tell(source === 'crm' ? 'export.fromCrm' : 'export.fromSender', { tenant, time })}</p>
        {wasCalled ? null : <p>{tell('export.notMerged')}</p>}
        <table>
          <thead>
            <tr>
              <th scope="col">{tell('event.field')}</th>
              {contacts.map(({ role, contactId, recordId }) => (
                <th scope="col">
                  {tell(`frame.${role}`)} <small>{[contactId, recordId].filter(Boolean).join(' · ')}</small>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <PropertyRows exported={exported} language={language} tell={tell} />
            <CountRows exported={exported} tell={tell} />
          </tbody>
        </table>
        <p>
          <small>{tell('export.personal')}</small>
        </p>
      </body>
    </html>
  );
}

const PropertyRows = ({ exported: { properties, contacts }, language }: SheetProps) => (
  <>
    {properties.map((name) => (
      <tr>
        <th scope="row">
          {name} <small>{language === 'zh' ? fieldLabel(name) : ''}</small>
        </th>
        {contacts.map((contact) => (
          <td>{textOf(contact, name)}</td>
        ))}
      </tr>
    ))}
  </>
);

const CountRows = ({ exported: { contacts, kinds }, tell }: Pick<SheetProps, 'exported' | 'tell'>) => (
  <>
    {kinds.map((kind) => (
      <tr>
        <th scope="row">{tell('export.countOf', { kind })}</th>
        {contacts.map(({ associations = {} }) => (
          <td>{countText(associations[kind])}</td>
        ))}
      </tr>
    ))}
  </>
);
