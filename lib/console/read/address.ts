import { ALL_STATES, type EventState, listOf } from '../../ledger/event-states.ts';
import { REASONS } from '../../ledger/reason-table.ts';
import { type Reason, reasonName } from '../../ledger/reasons.ts';
import type { EventFilter } from './find-events.ts';
import type { Position } from './newest-first.ts';

type Query = (name: string) => string | undefined;

const MINUTE = 60_000;

/** As an address names them: the states of events that are on their way. */
export const OPEN_STATES = ALL_STATES.filter((state) => listOf(state) === 'open').join(',');

/** The filter that an address names. What cannot be read filters nothing: `unreadableIn` names it. */
export function filterIn(query: Query): EventFilter {
  const [since, until] = [timeIn(query('since')), timeIn(query('until'))];
  const reason = query('reason')?.trim();
  const contact = query('contact')?.trim();
  return {
    states: statesIn(query).filter(isState),
    ...(reason && isReason(reason) && { reason }),
    ...(contact && { contact }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until: until + MINUTE }),
  };
}

export interface Unreadable {
  name: 'state' | 'reason' | 'since' | 'until' | 'after';
  text: string;
}

/** Parts of an address that say nothing, such as a state that does not exist. */
export function unreadableIn(query: Query): Unreadable[] {
  const readers: [Unreadable['name'], (text: string) => boolean][] = [
    ['reason', isReason],
    ['since', (text) => timeIn(text) !== undefined],
    ['until', (text) => timeIn(text) !== undefined],
    ['after', (text) => positionIn(text) !== undefined],
  ];
  const others = readers.flatMap(([name, canRead]) => {
    const text = query(name)?.trim() ?? '';
    return text === '' || canRead(text) ? [] : [{ name, text }];
  });
  const states = statesIn(query).filter((one) => !isState(one));
  return [...states.map((text) => ({ name: 'state' as const, text })), ...others];
}

const statesIn = (query: Query): string[] => (query('state') ?? '').split(',').filter((one) => one !== '');
const isState = (text: string): text is EventState => ALL_STATES.some((state) => state === text);
const isReason = (text: string): boolean => Object.hasOwn(REASONS, reasonName(text as Reason));

/** `2026-11-27T03:00`, as a form sends it: in the time zone of this process, like the times on the pages. */
function timeIn(text: string | undefined): number | undefined {
  const [, day] = /^\d{4}-\d{2}-(\d{2})T\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/.exec(text ?? '') ?? [];
  const at = new Date(day === undefined ? Number.NaN : (text ?? ''));
  // 31 February would become a day of March.
  return Number.isNaN(at.getTime()) || at.getDate() !== Number(day) ? undefined : at.getTime();
}

export const cursorOf = ({ at, id }: Position) => `${at}.${id}`;

export function positionIn(cursor: string | undefined): Position | undefined {
  const [, at, id] = /^(\d{1,15})\.(.*)$/s.exec(cursor ?? '') ?? [];
  return at === undefined ? undefined : { at: Number(at), id: id ?? '' };
}
