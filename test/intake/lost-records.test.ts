import { type IntakeSettings, IntakeSettingsSchema, readSettings } from '../../lib/config.ts';
import { StoreError } from '../../lib/errors.ts';
import { sendEarly } from '../../lib/intake/ensure-queued.ts';
import { claimContent, keepFirst, keepRepeat } from '../../lib/intake/keep-once.ts';
import { openCallback } from '../../lib/intake/open-callback.ts';
import { createEventLedger } from '../../lib/ledger/ledger.ts';
import { DEFAULT_TIMING } from '../../lib/ledger/timing.ts';
import type { Documents } from '../../lib/ports.ts';
import { KEYS, RECEIVE_ID, sealed } from '../dustess/sealing.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';
import { BODY, DAY, NOW } from './intake-world.ts';

const settings: IntakeSettings = readSettings(IntakeSettingsSchema, 'door', { keys: [KEYS], receiveIds: [RECEIVE_ID] });
const deps = {
  now: () => NOW,
  log: { info() {}, warn() {}, error() {} },
  timing: { ...DEFAULT_TIMING, payloadMs: DAY },
};

const opened = (names: object = {}) =>
  openCallback(
    {
      tenant: 'acme',
      sourceAddress: '',
      body: JSON.stringify({ id: 'e1', ...names, body: sealed(JSON.stringify(BODY)) }),
    },
    settings,
    NOW,
  );

/** A table from which documents of one kind go, once `gone` is set: expired, or removed by hand. */
function tableThatLoses(kind: string) {
  const documents = asPort(createMemoryDocuments(() => NOW));
  const state = { gone: false, refusesWrites: false };
  const get: Documents['get'] = async (key) => (state.gone && key.kind === kind ? undefined : documents.get(key));
  const put: Documents['put'] = async (...write) => !state.refusesWrites && documents.put(...write);
  return { state, ledger: createEventLedger({ ...documents, get, put }, 'acme') };
}

const CONTENT_GONE = new StoreError('a content is said to be known and cannot be read');
const EVENT_GONE = new StoreError('an event is said to be stored and cannot be read');

describe('promise 2: a callback is not acknowledged where what should be stored is not there', () => {
  it('a content that is known and cannot be read', async () => {
    const { state, ledger } = tableThatLoses('content');
    await claimContent(ledger, opened(), deps);
    state.gone = true;
    await expect(keepRepeat(ledger, opened(), deps)).rejects.toThrow(CONTENT_GONE);
  });

  it('a record that is said to be there and cannot be read', async () => {
    const { state, ledger } = tableThatLoses('event');
    await keepFirst(ledger, opened(), deps);
    state.gone = true;
    await expect(keepFirst(ledger, opened(), deps)).rejects.toThrow(EVENT_GONE);
  });

  it('a record that goes while its names are put right', async () => {
    const { state, ledger } = tableThatLoses('event');
    await claimContent(ledger, opened({ event: 'x' }), deps);
    await keepFirst(ledger, opened({ event: 'x' }), deps);
    const addPayload: typeof ledger.contents.addPayload = async (...payload) => {
      await ledger.contents.addPayload(...payload);
      state.gone = true;
    };
    const going = { ...ledger, contents: { ...ledger.contents, addPayload } };
    await expect(keepRepeat(going, opened(), deps)).rejects.toThrow(EVENT_GONE);
  });
});

it('a defect while a message is sent is no failure of the queue: it is not swallowed', async () => {
  const send = async () => {
    throw new TypeError('defect');
  };
  await expect(sendEarly({ tenant: 'acme', eventId: 'e1' }, { ...deps, queue: { send } })).rejects.toThrow('defect');
});
