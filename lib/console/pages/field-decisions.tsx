/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import { fieldLabel } from '../../dustess/field-labels.ts';
import type { Plan } from '../../ledger/plans.ts';
import { decisionSentence } from '../texts/decision-sentence.ts';
import { Scroll } from './scroll.tsx';
import type { View } from './view.ts';

/** Why each field of the event was or is not written, as its latest plan decided. */
export function FieldDecisions({ view, plan }: { view: View; plan: Plan | undefined }) {
  const { tell, language } = view;
  if (!plan) return <p class="none">{tell('event.notPlanned')}</p>;
  if (plan.decisions.length === 0) return <p class="none">{tell('event.noFields')}</p>;
  return (
    <Scroll label={tell('event.fields')}>
      <table class="list">
        <tbody>
          {plan.decisions.map((one) => (
            <tr>
              <th scope="row">
                <code>{one.key}</code> <small>{language === 'zh' ? fieldLabel(one.key) : ''}</small>
              </th>
              <td>{decisionSentence(plan, one, language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
