/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import { fieldLabel } from '../../dustess/field-labels.ts';
import type { Plan } from '../../ledger/plans.ts';
import type { TextName } from '../texts/texts.ts';
import type { View } from './view.ts';

/** Why each field of the event was or is not written, as its latest plan decided. */
export function FieldDecisions({ view, plan }: { view: View; plan: Plan | undefined }) {
  const { tell, language } = view;
  if (!plan) return <p class="none">{tell('event.notPlanned')}</p>;
  if (plan.decisions.length === 0) return <p class="none">{tell('event.noFields')}</p>;
  const problemOf = (key: string) => plan.problems.find((one) => one.key === key)?.problem;
  return (
    <div class="scroll">
      <table class="list">
        <tbody>
          {plan.decisions.map(({ key, decision }) => (
            <tr>
              <th scope="row">
                <code>{key}</code> <small>{language === 'zh' ? fieldLabel(key) : ''}</small>
              </th>
              <td>
                {problemOf(key) === undefined
                  ? tell(`event.${decision}` as TextName)
                  : tell('event.notConverted', { problem: problemOf(key) ?? '' })}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
