import type { FieldDecision, Plan } from '../../ledger/plans.ts';
import type { Language } from '../../sentence.ts';
import { MAPPING_PROBLEMS } from './mapping-problems.ts';
import { type TextName, tellIn } from './texts.ts';

/** Why a field of an event is or is not written, as its plan decided. */
export function decisionSentence({ problems }: Plan, { key, decision }: FieldDecision, language: Language): string {
  const tell = tellIn(language);
  const problem = problems.find((one) => one.key === key)?.problem;
  if (problem === undefined) return tell(`event.${decision}` as TextName);
  return tell('event.notConverted', {
    problem: (language === 'zh' ? MAPPING_PROBLEMS[problem] : undefined) ?? problem,
  });
}

/** Of a field that reads the same before and after: 尘锋 may not know what the CRM had. */
export const writtenText = ({ after }: { after: unknown }): TextName =>
  after === undefined ? 'event.writtenEmpty' : 'event.written';
