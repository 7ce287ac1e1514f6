import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { type IntakeSettings, IntakeSettingsSchema, readSettings } from '../../lib/config.ts';
import { isNestedDeeperThan } from '../../lib/dustess/nesting.ts';
import { readContent } from '../../lib/dustess/unwrap-plaintext.ts';
import { openCallback } from '../../lib/intake/open-callback.ts';
import { KEYS, RECEIVE_ID, sealed } from '../dustess/sealing.ts';
import { NOW } from './intake-world.ts';

const numRuns = Number(process.env.FUZZ_RUNS ?? 500);
jest.setTimeout(60_000 + numRuns * 60);

const settings: IntakeSettings = readSettings(IntakeSettingsSchema, 'door', {
  keys: [KEYS],
  receiveIds: [RECEIVE_ID],
  omitFields: [],
});
const open = (text: string) =>
  openCallback({ tenant: 'acme', sourceAddress: '', body: JSON.stringify({ body: sealed(text) }) }, settings, NOW);

describe('what is kept of a content', () => {
  const number = fc.stringMatching(/^-?(0|[1-9]\d{0,17})(\.\d{1,3})?([eE][+-]?\d{1,2})?$/);
  const nested = fc.tuple(fc.integer({ min: 190, max: 210 }), number).map(([depth, inner]) => {
    return `${'['.repeat(depth)}${inner}${']'.repeat(depth)}`;
  });
  const member = fc.oneof(
    number,
    nested,
    fc.json({ stringUnit: 'binary' }),
    fc.string().map((one) => JSON.stringify(one)),
  );
  const content = fc
    .array(fc.tuple(fc.constantFrom('a', 'mainID', 'mergedIDs', 'triggerTs', '__proto__'), member), { maxLength: 5 })
    .map((members) => `{${members.map(([key, value]) => `"${key}":${value}`).join(',')}}`);

  it('is every digit of it, read quickly or with care; what is nested too deep is kept as its text', () => {
    fc.assert(
      fc.property(content, (text) => {
        const careful = readContent(text);
        const { payload, digest } = open(text);
        expect(payload.body).toEqual(isNestedDeeperThan(200, careful) ? text : careful);
        expect(digest).toBe(createHash('sha256').update(text, 'utf8').digest('hex'));
      }),
      { numRuns },
    );
  });

  it('a content that is no JSON is kept as its text', () => {
    const text = `{"a":1,${'x'.repeat(2_000)}`;
    expect(open(text).payload.body).toBe(text);
  });

  it.each([
    [199, 'as lists'],
    [200, 'as lists'],
    [201, 'as its text'],
  ])('%d lists in each other around a number are kept %s', (depth, form) => {
    const text = `${'['.repeat(depth)}1${']'.repeat(depth)}`;
    expect(open(text).payload.body).toEqual(form === 'as lists' ? JSON.parse(text) : text);
  });
});
