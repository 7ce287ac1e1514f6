import fc from 'fast-check';
import { readMergeEvent } from '../../lib/dustess/merge-event.ts';
import { SAMPLE_ENVELOPE } from '../../lib/dustess/sample.ts';
import { toWire } from '../../lib/dustess/to-wire.ts';
import type { JsonObject } from '../../lib/json.ts';

const BODY: JsonObject = { mainID: 'a', mergedIDs: ['b'], triggerTs: 1 };
const roundTrip = (changed: JsonObject) => toWire(readMergeEvent('event-1', { ...BODY, changed }).changed);

describe('fields in the sender’s own shape', () => {
  it('are what the sender sent', () => {
    const { changed, old } = SAMPLE_ENVELOPE.body as { changed: JsonObject; old: JsonObject };
    expect(roundTrip(changed)).toEqual(changed);
    const { customFields, ...withoutEmptyList } = old;
    expect(customFields).toEqual([]);
    expect(roundTrip(old)).toEqual(withoutEmptyList);
  });

  it('are harmless whatever they are called', () => {
    const changed = JSON.parse('{"__proto__":{"polluted":true},"remark":"x"}') as JsonObject;
    const wire = roundTrip(changed);
    expect(JSON.stringify(wire)).toBe(JSON.stringify(changed));
    expect(Object.getPrototypeOf(wire)).toBe(Object.prototype);
  });

  it('say that a custom field was emptied where no more is known of it', () => {
    const emptied = { key: 'customFields.field10', value: '', cleared: true, wire: '' };
    for (const wire of ['', null])
      expect(toWire([{ ...emptied, wire }])).toEqual({ customFields: [{ id: 'field10', type: 'text', value: '""' }] });
  });

  it('of anything the sender may invent are that again', () => {
    const key = fc.string().filter((name) => !name.startsWith('customFields'));
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue()), (changed) => {
        expect(roundTrip(changed as JsonObject)).toEqual({ ...changed });
      }),
    );
  });
});
