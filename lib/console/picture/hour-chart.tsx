/** @jsxRuntime automatic @jsxImportSource hono/jsx */

import { stack } from 'd3-shape';
import type { EventList } from '../../ledger/event-states.ts';
import { localTime } from '../../local-time.ts';
import { comma } from '../../sentence.ts';
import { Scroll } from '../pages/scroll.tsx';
import type { View } from '../pages/view.ts';
import { listName } from '../pages/words.tsx';
import type { HourOfEvents } from '../read/overview.ts';

const SHOWN = [
  'applied',
  'unlinked',
  'observed',
  'skipped',
  'ignored',
  'held',
  'parked',
] as const satisfies EventList[];
type Shown = (typeof SHOWN)[number];

const [WIDTH, HEIGHT, BASE] = [720, 150, 120];
const GAP = 3;

/** Events by the hour they were received in and by state: a bar an hour, and the same as a table. */
export function HourChart({ view, hours }: { view: View; hours: HourOfEvents[] }) {
  const highest = Math.max(1, ...hours.map(totalOf));
  const step = WIDTH / hours.length;
  const bars = stack<HourOfEvents, Shown>()
    .keys(SHOWN)
    .value(({ counts }, list) => counts[list] ?? 0)(hours);
  const used = SHOWN.filter((list) => hours.some(({ counts }) => counts[list]));
  return (
    <>
      <figure class="chart">
        <Scroll label={view.tell('overview.chart')}>
          <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={view.tell('overview.chart')}>
            <line class="axis" x1="0" y1={BASE} x2={WIDTH} y2={BASE} />
            {bars.map((series) =>
              series.map(([from, to], index) =>
                to > from ? (
                  <rect
                    class={`bar ${series.key}`}
                    x={index * step + GAP}
                    y={BASE - (to / highest) * (BASE - 10)}
                    width={step - 2 * GAP}
                    height={((to - from) / highest) * (BASE - 10)}
                  >
                    <title>{sentence(view, hours[index] as HourOfEvents)}</title>
                  </rect>
                ) : null,
              ),
            )}
            {hours.map(({ from }, index) =>
              index % 4 === 1 ? (
                <text x={(index + 0.5) * step} y={BASE + 20}>
                  {hourOf(from)}
                </text>
              ) : null,
            )}
            <text class="top" x="0" y="9">
              {highest}
            </text>
          </svg>
        </Scroll>
        <figcaption>
          {used.map((list) => (
            <span class={`key ${list}`}>{listName(view, list)}</span>
          ))}
        </figcaption>
      </figure>
      <HourTable view={view} hours={hours} lists={used} />
    </>
  );
}

const totalOf = ({ counts }: HourOfEvents) => SHOWN.reduce((sum, list) => sum + (counts[list] ?? 0), 0);
const hourOf = (at: number) => localTime(at).slice(11, 16);

function sentence(view: View, { from, counts }: HourOfEvents): string {
  const parts = SHOWN.filter((list) => counts[list]).map((list) => `${listName(view, list)} ${counts[list]}`);
  const { tell } = view;
  return tell('overview.hourOf', {
    hour: hourOf(from),
    counts: parts.join(comma(view.language)) || tell('overview.noneInHour'),
  });
}

const HourTable = ({ view, hours, lists }: { view: View; hours: HourOfEvents[]; lists: Shown[] }) => (
  <details>
    <summary>{view.tell('overview.asTable')}</summary>
    <table>
      <thead>
        <tr>
          <th scope="col">{view.tell('overview.hour')}</th>
          {lists.map((list) => (
            <th scope="col">{listName(view, list)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {hours.filter(totalOf).map(({ from, counts }) => (
          <tr>
            <th scope="row">{localTime(from).slice(0, 16)}</th>
            {lists.map((list) => (
              <td>{counts[list] ?? 0}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </details>
);
