import { ageText, dayBefore, timeText } from '../../lib/notify/time-words.ts';

const HOUR = 3_600_000;

describe('the day before', () => {
  it.each([
    ['Asia/Shanghai', '2026-11-27T01:07:00Z', '2026-11-26', '2026-11-25T16:00:00Z', 24],
    ['UTC', '2026-03-01T00:00:00Z', '2026-02-28', '2026-02-28T00:00:00Z', 24],
    ['Europe/Berlin', '2026-03-30T07:00:00Z', '2026-03-29', '2026-03-28T23:00:00Z', 23],
    ['Europe/Berlin', '2026-10-26T07:00:00Z', '2026-10-25', '2026-10-24T22:00:00Z', 25],
    ['Asia/Kolkata', '2026-11-26T18:30:00Z', '2026-11-26', '2026-11-25T18:30:00Z', 24],
  ])('in %s at %s is %s', (timeZone, at, name, from, hours) => {
    const day = dayBefore(Date.parse(at), timeZone);
    expect(day).toEqual({ name, from: Date.parse(from), to: Date.parse(from) + hours * HOUR });
  });
});

it('a time is said in the zone of the people', () => {
  expect(timeText(Date.UTC(2026, 10, 27, 1, 5), 'Asia/Shanghai')).toBe('2026-11-27 09:05 (Asia/Shanghai)');
  expect(timeText(Number.NaN, 'UTC')).toBe('?');
});

it.each([
  [10_000, '1 min', '1 分钟'],
  [90 * 60_000, '90 min', '90 分钟'],
  [5.5 * HOUR, '5 h', '5 小时'],
  [49 * HOUR, '2 days', '2 天'],
])('an age of %i ms is %s', (ms, en, zh) => {
  expect([ageText(ms, 'en'), ageText(ms, 'zh')]).toEqual([en, zh]);
});
