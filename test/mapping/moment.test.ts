import * as fc from 'fast-check';
import type { Json } from '../../lib/json.ts';
import { minutesOfZone, readMoment } from '../../lib/mapping/moment.ts';

const CHINA = 480;
const read = (value: Json, zone = CHINA) => {
  const moment = readMoment(value, zone);
  if (moment === 'empty') return 'empty';
  return 'problem' in moment ? moment.problem : `${moment.day} ${new Date(moment.at).toISOString()}`;
};

describe('reads a date as it arrives', () => {
  it.each<[Json, string]>([
    ['1990-01-02', '1990-01-02 1990-01-01T16:00:00.000Z'],
    [' 1990/1/2 ', '1990-01-02 1990-01-01T16:00:00.000Z'],
    ['1990.01.02', '1990-01-02 1990-01-01T16:00:00.000Z'],
    ['1990年1月2日', '1990-01-02 1990-01-01T16:00:00.000Z'],
    ['19900102', '1990-01-02 1990-01-01T16:00:00.000Z'],
    [19900102, '1990-01-02 1990-01-01T16:00:00.000Z'],
    ['1990-01-02 07:08', '1990-01-02 1990-01-01T23:08:00.000Z'],
    ['1990-01-02T07:08:09', '1990-01-02 1990-01-01T23:08:09.000Z'],
    ['1990年1月2日 7时8分', '1990-01-02 1990-01-01T23:08:00.000Z'],
    ['1990-01-02T07:08:09.5Z', '1990-01-02 1990-01-02T07:08:09.500Z'],
    ['1990-01-02T23:00:00.123456789Z', '1990-01-03 1990-01-02T23:00:00.123Z'],
    ['1990-01-02T07:08:09+0200', '1990-01-02 1990-01-02T05:08:09.000Z'],
    ['1990-01-02T00:00:00-05:00', '1990-01-02 1990-01-02T05:00:00.000Z'],
    [631_209_599, '1990-01-01 1990-01-01T15:59:59.000Z'],
    ['631209600', '1990-01-02 1990-01-01T16:00:00.000Z'],
    [631_209_600_000, '1990-01-02 1990-01-01T16:00:00.000Z'],
    [-631_152_000_000, '1950-01-01 1950-01-01T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29 2024-02-28T16:00:00.000Z'],
  ])('%j', (value, expected) => {
    expect(read(value)).toBe(expected);
  });

  it.each<[Json]>([[''], ['  '], [0], ['0'], ['0000-00-00'], ['0001-01-01T00:00:00Z']])('%j as none', (value) => {
    expect(read(value)).toBe('empty');
  });

  it.each<[Json, string]>([
    ['01-02', 'has no year'],
    ['1月2日', 'has no year'],
    ['2023-02-29', 'is a day that does not exist'],
    ['1990-13-01', 'is a day that does not exist'],
    ['1990-01-02 25:00', 'is a time that does not exist'],
    ['01/02/1990', 'is in no known form of a date'],
    ['soon', 'is in no known form of a date'],
    ['0990-01-02', 'is outside the years 1800 to 2200'],
    [Number.MAX_SAFE_INTEGER, 'is outside the years 1800 to 2200'],
    [true, 'is neither a text nor a number'],
    [null, 'is neither a text nor a number'],
  ])('%j as a problem', (value, problem) => {
    expect(read(value)).toBe(problem);
  });

  it('takes the zone into account only where the text has none', () => {
    expect(read('1990-01-02 07:08', -300)).toBe('1990-01-02 1990-01-02T12:08:00.000Z');
    expect(read('1990-01-02T07:08:00Z', -300)).toBe('1990-01-02 1990-01-02T07:08:00.000Z');
    expect(read('1990-01-02T03:00:00Z', -300)).toBe('1990-01-01 1990-01-02T03:00:00.000Z');
  });
});

it('every instant survives writing and reading, and its day is the day in that zone', () => {
  const zones = fc.constantFrom(-720, -300, 0, 330, 480, 840);
  const between = { min: new Date('1801-01-01'), max: new Date('2199-12-30'), noInvalidDate: true };
  return fc.assert(
    fc.property(fc.date(between), zones, (date, zone) => {
      const local = new Date(date.getTime() + zone * 60_000).toISOString().slice(0, -1);
      expect(readMoment(local, zone)).toEqual({ at: date.getTime(), day: local.slice(0, 10) });
      expect(readMoment(date.toISOString(), zone)).toEqual({ at: date.getTime(), day: local.slice(0, 10) });
    }),
  );
});

it('reads offsets east and west', () => {
  expect(['Z', '+08:00', '+0530', '-03:30'].map(minutesOfZone)).toEqual([0, 480, 330, -210]);
});
