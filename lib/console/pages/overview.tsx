/** @jsxRuntime automatic @jsxImportSource hono/jsx */

import type { RateState } from '../../crm/rate-budget.ts';
import { forAPerson, type WaitingGroup } from '../../ledger/what-waits.ts';
import { colon, comma } from '../../sentence.ts';
import { HourChart } from '../picture/hour-chart.tsx';
import { OPEN_STATES } from '../read/address.ts';
import { rateText } from '../read/crm-rate.ts';
import type { Overview } from '../read/overview.ts';
import { agoText, countOfEvents, countText } from '../texts/counts.ts';
import { reasonMeaning, reasonTodo } from '../texts/reason-sentences.ts';
import { ageIn } from '../texts/texts.ts';
import { Frame } from './frame.tsx';
import { hrefOf, type View } from './view.ts';
import { ListBadge, Sentence } from './words.tsx';

interface OverviewProps {
  view: View;
  overview: Overview;
  /** Of the CRM's rate limit, as the workers share it; none where nothing is known. */
  rate: RateState | undefined;
}

export function OverviewPage({ view, overview, rate }: OverviewProps) {
  const { tell } = view;
  const { isWaitingCut, hours, isChartCut } = overview;
  const waiting = forAPerson(overview);
  return (
    <Frame view={view} title={tell('frame.overview')} here="overview">
      <section>
        <h1>{tell('overview.first')}</h1>
        {waiting.length === 0 ? <p class="well">✓ {tell('overview.allWell')}</p> : null}
        {waiting.map((group) => (
          <Waiting view={view} group={group} />
        ))}
        {isWaitingCut ? <p class="soft">{tell('overview.cut')}</p> : null}
      </section>
      <section>
        <h2>{tell('overview.now')}</h2>
        <Facts view={view} overview={overview} rate={rate} />
      </section>
      <section>
        <h2>{tell('overview.chart')}</h2>
        <HourChart view={view} hours={hours} />
        {isChartCut ? <p class="soft">{tell('overview.chartCut')}</p> : null}
      </section>
    </Frame>
  );
}

function Waiting({ view, group }: { view: View; group: WaitingGroup }) {
  const { tell, language, now } = view;
  const { list, reason, count, since } = group;
  return (
    <article class="todo">
      <p>
        <ListBadge view={view} list={list} /> <strong>{countOfEvents(count, tell)}</strong>
        {comma(language)}
        {tell('overview.waitsSince', { age: ageIn(language, now - since) })}
      </p>
      <h3>
        <Sentence view={view} text={reasonMeaning(reason, view)} />
      </h3>
      <p>
        {tell('frame.todo')}
        {colon(language)}
        <Sentence view={view} text={reasonTodo(reason, view)} />
      </p>
      <p class="actions">
        <a class="button" href={hrefOf(view, ['events'], { state: list, reason })}>
          {tell('overview.see')}
        </a>
        {count > 1 ? <a href={hrefOf(view, ['bulk'], { list, reason })}>{tell('overview.decide')}</a> : null}
      </p>
    </article>
  );
}

function Facts({ view, overview, rate }: OverviewProps) {
  const { tell } = view;
  const { open, lastCallback, lastSuccess, unlinked } = overview;
  return (
    <dl class="facts">
      <Fact
        name={tell('overview.backlog')}
        value={countText(open, tell)}
        href={hrefOf(view, ['events'], { state: OPEN_STATES })}
      />
      <Fact name={tell('overview.lastCallback')} value={agoText(lastCallback, view.now, view.language)} />
      <Fact name={tell('overview.lastSuccess')} value={agoText(lastSuccess, view.now, view.language)} />
      <Fact
        name={tell('overview.unknown')}
        value={countText(unlinked, tell)}
        href={hrefOf(view, ['bulk'], { list: 'unlinked' })}
      />
      <Fact name={tell('overview.rate')} {...rateText(rate, view.language, view.now)} />
    </dl>
  );
}

interface FactProps {
  name: string;
  value: string;
  note?: string | undefined;
  href?: string;
}

const Fact = ({ name, value, note, href }: FactProps) => (
  <div>
    <dt>{name}</dt>
    <dd>
      {href === undefined ? value : <a href={href}>{value}</a>}
      {note === undefined ? null : <small>{note}</small>}
    </dd>
  </div>
);
