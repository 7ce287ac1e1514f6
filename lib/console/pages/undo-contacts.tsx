/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import { isBlank, type Json } from '../../json.ts';
import type { UndoneContact } from '../../ledger/undo-plans.ts';
import type { FieldReport } from '../../undo/compare-fields.ts';
import { COMES_BACK_WORDS, OUTCOME_WORDS, ROLE_WORDS } from '../../undo/undo-words.ts';
import { shownValue } from '../read/before-after.ts';
import { Scroll } from './scroll.tsx';
import type { View } from './view.ts';
import { ContactLink, RecordLink, WholeId } from './words.tsx';

/** A field as it was planned; with values where the CRM was just asked. */
type Field = UndoneContact['fields'][number] & Partial<FieldReport>;
export type ShownContact = Omit<UndoneContact, 'fields'> & { fields: Field[] };

interface ContactsProps {
  view: View;
  contacts: ShownContact[];
  /** Values are personal data: shown where they were asked for; left out where there are none. */
  values?: 'hidden' | 'shown';
}

/** Who stays and who comes back, field by field. */
export function UndoContacts({ view, contacts, values }: ContactsProps) {
  const { tell } = view;
  const columns = values === undefined ? 2 : 4;
  return (
    <Scroll label={tell('undo.section')}>
      <table class="values">
        <thead>
          <tr>
            <th scope="col">{tell('event.field')}</th>
            <th scope="col">{tell('undo.outcome')}</th>
            {values ? <th scope="col">{tell('undo.now')}</th> : null}
            {values ? <th scope="col">{tell('undo.afterwards')}</th> : null}
          </tr>
        </thead>
        {contacts.map((contact) => (
          <tbody>
            <ContactRow view={view} contact={contact} columns={columns} />
            {contact.fields.map((field) => (
              <FieldRow view={view} field={field} role={contact.role} values={values} />
            ))}
          </tbody>
        ))}
      </table>
    </Scroll>
  );
}

function ContactRow({ view, contact, columns }: { view: View; contact: ShownContact; columns: number }) {
  const { tell, language } = view;
  const { role, contactId, recordId, comesBackAs, fields } = contact;
  return (
    <>
      <tr class="contact">
        <th scope="rowgroup" colspan={columns}>
          {ROLE_WORDS[role][language]} <ContactLink view={view} id={contactId} />{' '}
          {recordId === undefined ? null : (
            <small>
              {tell(comesBackAs === 'new-record' ? 'undo.wasRecord' : 'undo.record')} <WholeId id={recordId} />
            </small>
          )}{' '}
          {role === 'survivor' ? <RecordLink view={view} record={recordId} contact={contactId} /> : null}
          {comesBackAs === undefined ? null : <small>{COMES_BACK_WORDS[comesBackAs][language]}</small>}
        </th>
      </tr>
      {role === 'survivor' && recordId !== undefined && fields.length === 0 ? (
        <tr>
          <td colspan={columns}>{tell('undo.noFields')}</td>
        </tr>
      ) : null}
    </>
  );
}

interface FieldProps {
  view: View;
  field: Field;
  role: UndoneContact['role'];
  values: ContactsProps['values'];
}

function FieldRow({ view, field, role, values }: FieldProps) {
  const { property, outcome, before = null, now = null } = field;
  const then = outcome === 'restore' || outcome === 'as-before' ? before : now;
  const isChanged = role === 'survivor' && outcome === 'restore';
  return (
    <tr class={isChanged ? 'changed' : ''}>
      <th scope="row">
        <code>{property}</code>
      </th>
      <td>{OUTCOME_WORDS[outcome][view.language]}</td>
      {values ? (
        <>
          <td>{role === 'survivor' ? <Cell view={view} value={now} values={values} /> : null}</td>
          <td>
            <Cell view={view} value={then} values={values} />
          </td>
        </>
      ) : null}
    </tr>
  );
}

function Cell({ view, value, values }: { view: View; value: Json; values: 'hidden' | 'shown' }) {
  if (isBlank(value)) return <>–</>;
  if (values === 'shown') return <bdi>{shownValue(value)}</bdi>;
  return <span class="hidden">{view.tell('event.hidden')}</span>;
}
