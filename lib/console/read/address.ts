import { ALL_STATES, type EventState, listOf } from '../../ledger/event-states.ts';
import type { EventFilter } from './find-events.ts';
import type { Position } from './newest-first.ts';

type Query = (name: string) => string | undefined;

const MINUTE = 60_000;

/** As an address names them: the states of events that are on their way. */
export const OPEN_STATES = ALL_STATES.filter((state) => listOf(state) === 'open').join(',');

/** The filter that an address names. What cannot be read filters nothing. */
export function filterIn(query: Query): EventFilter {
  const states = (query('state') ?? '')
    .split(',')
    .filter((one): one is EventState => ALL_STATES.some((s) => s === one));
  const [since, until] = [timeIn(query('since')), timeIn(query('until'))];
  const reason = query('reason')?.trim();
  const contact = query('contact')?.trim();
  return {
    states,
    ...(reason && { reason }),
    ...(contact && { contact }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until: until + MINUTE }),
  };
}

/** `2026-11-27T03:00`, as a form sends it: in the time zone of this process, like the times on the pages. */
function timeIn(text: string | undefined): number | undefined {
  const at = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text ?? '') ? new Date(text ?? '').getTime() : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

export const cursorOf = ({ at, id }: Position) => `${at}.${id}`;

export function positionIn(cursor: string | undefined): Position | undefined {
  const [, at, id] = /^(\d{1,15})\.(.*)$/s.exec(cursor ?? '') ?? [];
  return at === undefined ? undefined : { at: Number(at), id: id ?? '' };
}
