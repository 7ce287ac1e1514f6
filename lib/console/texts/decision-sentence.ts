import type { FieldDecision, Plan } from '../../ledger/plans.ts';
import type { Tell, TextName } from './texts.ts';

/** Why a field of an event was or was not written, as its plan decided. */
export function decisionSentence({ problems }: Plan, { key, decision }: FieldDecision, tell: Tell): string {
  const problem = problems.find((one) => one.key === key)?.problem;
  return problem === undefined ? tell(`event.${decision}` as TextName) : tell('event.notConverted', { problem });
}

/** Of a field that reads the same before and after: 尘锋 may not know what the CRM had. */
export const writtenText = ({ after }: { after: unknown }): TextName =>
  after === undefined ? 'event.writtenEmpty' : 'event.written';
