import type { EventState } from './event-states.ts';
import { REASONS, type ReasonFacts } from './reason-table.ts';

type Reasons = typeof REASONS;
export type ReasonName = keyof Reasons;

type WithParameter = { [N in ReasonName]: Reasons[N] extends { parameter: string } ? N : never }[ReasonName];
type MayHaveCode = { [N in ReasonName]: Reasons[N] extends { mayFollow: string } ? N : never }[ReasonName];
type Written<N extends ReasonName> = N extends WithParameter
  ? `${N}:${string}`
  : N extends MayHaveCode
    ? N | `${N}:${string}`
    : N;

/** A reason as it is stored: its name, and what stands behind the colon. */
export type Reason = Written<ReasonName>;

/** The reasons that an event in this state may have. */
export type ReasonOf<S extends EventState> = {
  [N in ReasonName]: Reasons[N]['state'] extends S ? Written<N> : never;
}[ReasonName];

/** What a stored reason is called, without what stands behind its colon. */
export const reasonName = (reason: Reason): ReasonName => reason.split(':')[0] as ReasonName;

/** The entry of a stored reason. */
export const reasonFacts = (reason: Reason): ReasonFacts => REASONS[reasonName(reason)];
