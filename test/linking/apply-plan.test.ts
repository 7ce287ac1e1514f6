import fc from 'fast-check';
import { createHubspotLinking } from '../../lib/crm/hubspot/linking.ts';
import { CrmError } from '../../lib/errors.ts';
import { createLinkIntents } from '../../lib/ledger/link-intents.ts';
import { bindTenant } from '../../lib/ledger/tenant-documents.ts';
import { applyPlan, type Run, takeRecords } from '../../lib/linking/apply-plan.ts';
import { sealOf, sealPlan } from '../../lib/linking/link-plan.ts';
import { planLinks } from '../../lib/linking/plan-links.ts';
import { scanRecords } from '../../lib/linking/scan-records.ts';
import { undoPlan } from '../../lib/linking/undo-plan.ts';
import { type LogEntry, readLog } from '../../lib/linking/write-log.ts';
import type { IdWrite, LinkableCrm } from '../../lib/ports.ts';
import { createAccount, ID_PROPERTY } from '../crm/hubspot/portal-world.ts';
import type { createHubspotLookalike } from '../lookalikes/hubspot.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';

const KEYS = { properties: { mobile: ['mobilephone'], email: ['email'] }, country: 'CN' as const };
const phone = (index: number) => `138${String(10_000_000 + index)}`;

/** An account with as many contacts, none of them linked, and the plan that links them all. */
async function openAccount(count: number) {
  const account = createAccount({ now });
  const { portal, fetch } = account;
  const ids = Array.from({ length: count }, (_, index) => portal.create({ mobilephone: phone(index) }).id);
  const crm = createHubspotLinking({ fetch, token: 'pat-test', now, sleep, timeoutMs: 10_000 });
  const { records } = await scanRecords(crm, { ...KEYS, ...NO_WAIT });
  const contacts = ids.map((_, index) => ({
    contactId: `c${index}`,
    lines: [],
    keys: { mobile: [`+86${phone(index)}`] },
  }));
  const rows = planLinks(contacts, records, { keys: ['mobile', 'email'], sharedByAtMost: 5, survivors: new Map() });
  const links = rows.flatMap(({ writes, recordIds: [record = ''], key = '' }, index) =>
    writes === undefined ? [] : [{ contact: writes, record, key, seals: [sealOf('salt', key, `+86${phone(index)}`)] }],
  );
  const plan = sealPlan({
    madeAt: '2026-11-26T00:00:00.000Z',
    tenant: 'main',
    crm: { kind: 'hubspot', address: 'a' },
    file: 'f',
    ...KEYS,
    counts: {},
    salt: 'salt',
    links,
  });
  return { account, portal, ids, crm, plan };
}

// Waiting moves the clock and takes no time.
let clock = Date.UTC(2026, 10, 26);
const now = () => clock;
const sleep = async (ms: number) => {
  clock += ms;
};
const NO_WAIT = { now, sleep };
const idOf = ({ portal }: ReturnType<typeof createHubspotLookalike>, recordId: string) =>
  portal.byId(recordId)?.values.get(ID_PROPERTY) ?? '';

/** Runs on a journal in memory. @param lines what was logged so far; added to. */
function runOf(crm: LinkableCrm, plan: Run['plan'], lines: string[]): Run {
  return {
    crm,
    plan,
    journal: readLog(lines.join('\n')),
    ...NO_WAIT,
    log: async (entry) => void lines.push(line(entry)),
  };
}
const line = (entry: LogEntry) => JSON.stringify(entry);

describe('applying a plan', () => {
  it.each([1, 100, 101, 250])('reads and writes %i ids by the hundred, and makes no other call', async (count) => {
    const { account, crm, plan, ids } = await openAccount(count);
    const batches = Math.ceil(count / 100);
    expect(account.seen.map(({ method }) => method)).toEqual(Array.from({ length: batches }, () => 'GET'));
    const before = account.seen.length;
    expect(await applyPlan(runOf(crm, plan, []))).toEqual({ written: count, skipped: {}, refused: {} });
    const calls = account.seen.slice(before).map(({ path }) => path.split('/').at(-1));
    // Of each batch the records as they are now, and who carries its ids.
    const perBatch = ['read', 'read', 'update'];
    expect(calls).toEqual(Array.from({ length: batches }, () => perBatch).flat());
    expect(ids.map((id) => idOf(account, id))).toEqual(ids.map((_, index) => `c${index}`));
    expect(account.broken).toEqual([]);
  });

  it('looks at each record just before, and leaves alone what has changed since the plan', async () => {
    const { account, portal, crm, plan, ids } = await openAccount(6);
    const [gone = '', changed = '', other = '', merged = '', into = '', moved = ''] = ids;
    portal.remove(gone);
    portal.update(changed, { mobilephone: '13999999990' });
    portal.update(other, { [ID_PROPERTY]: 'X' });
    portal.merge(into, merged);
    portal.create({ [ID_PROPERTY]: 'c5' });
    expect(await applyPlan(runOf(crm, plan, []))).toEqual({
      written: 0,
      skipped: { 'record-gone': 3, 'key-changed': 1, 'has-another-id': 1, 'id-elsewhere': 1 },
      refused: {},
    });
    expect(idOf(account, moved)).toBe('');
  });

  it('promise 12: a record that an event is about to link is left to it, and the event’s turn comes after the plan’s', async () => {
    const { account, crm, plan, ids } = await openAccount(3);
    const intents = createLinkIntents(bindTenant(asPort(createMemoryDocuments(now)), 'main'));
    const [busy = '', next = ''] = ids;
    const intentOf = (eventId: string, recordId: string) => ({ eventId, contactId: 'x', recordId });
    await intents.takeRecord(intentOf('e1', busy), now());
    const lines: string[] = [];
    const run = () => applyPlan({ ...runOf(crm, plan, lines), take: takeRecords(plan, intents, now) });
    expect(await run()).toEqual({ written: 2, skipped: { 'being-linked': 1 }, refused: {} });
    expect(idOf(account, busy)).toBe('');
    expect(await intents.takeRecord(intentOf('e2', next), now())).toBe(false);
    clock += 16 * 60_000;
    expect(await run()).toEqual({ written: 3, skipped: {}, refused: {} });
    expect(await intents.takeRecord(intentOf('e2', next), now() + 16 * 60_000)).toBe(true);
  });

  it('a record that the CRM refuses does not keep the others of its batch from being written', async () => {
    const { account, portal, crm, plan, ids } = await openAccount(9);
    portal.rules.conditional.push({ when: 'lifecyclestage', needs: 'firstname' });
    portal.rules.bindsUnrelatedWrites = true;
    portal.contacts.get(ids[4] ?? '')?.values.set('lifecyclestage', 'lead');
    const applied = await applyPlan(runOf(crm, plan, []));
    expect(applied).toEqual({
      written: 8,
      skipped: {},
      refused: { 'MISSING_CONDITIONAL_REQUIRED_PROPERTY.firstname': 1 },
    });
    expect(ids.map((id) => idOf(account, id)).filter(Boolean)).toHaveLength(8);
  });

  it('a write that was not answered is looked for, and not counted as lost', async () => {
    const { account, crm, plan } = await openAccount(3);
    account.fail({ on: /batch\/update/, when: 'after-effect', answer: 'hang-up' });
    account.fail({ on: /batch\/read/, when: 'before-effect', answer: { status: 503 } });
    expect(await applyPlan(runOf(crm, plan, []))).toEqual({ written: 3, skipped: {}, refused: {} });
    expect(account.seen.filter(({ path }) => path.endsWith('/batch/update'))).toHaveLength(1);
  });

  /** A CRM that gives no answer to its first write, and carries it out `lateMs` later; or, undefined, never. */
  function silentOnce(account: Awaited<ReturnType<typeof openAccount>>['account'], crm: LinkableCrm, lateMs?: number) {
    const sent: { at: number; writes: IdWrite[] }[] = [];
    let late: { at: number; writes: IdWrite[] } | undefined;
    const arrive = async () => {
      if (!late || clock < late.at) return;
      for (const { recordId, contactId } of late.writes)
        account.portal.update(recordId, { [ID_PROPERTY]: contactId ?? '' });
      late = undefined;
    };
    const read: LinkableCrm['read'] = async (...asked) => {
      await arrive();
      return crm.read(...asked);
    };
    const writeIds: LinkableCrm['writeIds'] = async (writes) => {
      await arrive();
      sent.push({ at: clock, writes });
      if (sent.length > 1) return crm.writeIds(writes);
      if (lateMs !== undefined) late = { at: clock + lateMs, writes };
      throw new CrmError('ambiguous', 'silence');
    };
    return { silent: { ...crm, read, writeIds }, sent, arrive };
  }

  it.each([0, 30_000, 299_000])(
    'promise 12: a write without an answer that arrives %i ms later is waited for, and not sent again',
    async (lateMs) => {
      const { account, crm, plan, ids } = await openAccount(3);
      const { silent, sent } = silentOnce(account, crm, lateMs);
      const since = clock;
      expect(await applyPlan(runOf(silent, plan, []))).toEqual({ written: 3, skipped: {}, refused: {} });
      expect(sent).toHaveLength(1);
      expect(ids.map((id) => idOf(account, id))).toEqual(['c0', 'c1', 'c2']);
      expect(clock - since).toBeLessThan(lateMs + 31_000);
    },
  );

  it('promise 12: a write that never arrives is sent again once it can arrive no more, where the record is still free', async () => {
    const { account, portal, crm, plan, ids } = await openAccount(3);
    const [, other = ''] = ids;
    const { silent, sent } = silentOnce(account, crm);
    const byHand = async (ms: number) => {
      clock += ms;
      portal.update(other, { [ID_PROPERTY]: 'X' });
    };
    const told: number[] = [];
    const run = { ...runOf(silent, plan, []), sleep: byHand, onSilence: (until: number) => void told.push(until) };
    expect(await applyPlan(run)).toEqual({ written: 2, skipped: { 'has-another-id': 1 }, refused: {} });
    const [first, second] = sent;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBe(300_000);
    expect(told).toEqual([(first?.at ?? 0) + 300_000]);
    expect(idOf(account, other)).toBe('X');
  });

  it.each(['apply', 'undo'] as const)(
    'promise 12: what a run that was stopped has sent may still arrive: %s waits for it before it writes on the record',
    async (what) => {
      const { account, crm, plan, ids } = await openAccount(2);
      const lines: string[] = [];
      const { silent, sent, arrive } = silentOnce(account, crm, 200_000);
      const stop = () => Promise.reject(new Killed());
      await expect(applyPlan({ ...runOf(silent, plan, lines), sleep: stop })).rejects.toThrow(Killed);
      await (what === 'apply' ? applyPlan : undoPlan)(runOf(silent, plan, lines));
      clock += 300_000;
      await arrive();
      expect(ids.map((id) => idOf(account, id))).toEqual(what === 'apply' ? ['c0', 'c1'] : ['', '']);
      expect(sent).toHaveLength(what === 'apply' ? 1 : 2);
    },
  );

  it('gives up a batch that has no answer again and again', async () => {
    const { crm, plan } = await openAccount(1);
    let sent = 0;
    const writeIds = async () => {
      sent += 1;
      throw new CrmError('ambiguous', 'silence');
    };
    await expect(applyPlan(runOf({ ...crm, writeIds }, plan, []))).rejects.toThrow('silence');
    expect(sent).toBe(6);
  });

  it('credentials that are refused end the run, and it goes on where it stopped', async () => {
    const { account, crm, plan, ids } = await openAccount(150);
    const lines: string[] = [];
    let updates = 0;
    const failing: LinkableCrm = {
      ...crm,
      writeIds: (writes) => {
        updates += 1;
        if (updates === 2) throw new CrmError('auth', 'refused');
        return crm.writeIds(writes);
      },
    };
    await expect(applyPlan(runOf(failing, plan, lines))).rejects.toThrow('refused');
    const since = clock;
    expect(await applyPlan(runOf(crm, plan, lines))).toEqual({ written: 150, skipped: {}, refused: {} });
    expect(ids.every((id, index) => idOf(account, id) === `c${index}`)).toBe(true);
    // A refusal is an answer: nothing is waited for but the rate limit.
    expect(clock - since).toBeLessThan(10_000);
  });
});

describe('undoing a plan', () => {
  it('leaves a record alone that an event is about to link', async () => {
    const { account, crm, plan, ids } = await openAccount(2);
    const lines: string[] = [];
    await applyPlan(runOf(crm, plan, lines));
    const intents = createLinkIntents(bindTenant(asPort(createMemoryDocuments(now)), 'main'));
    await intents.takeRecord({ eventId: 'e1', contactId: 'x', recordId: ids[0] ?? '' }, now());
    const run = { ...runOf(crm, plan, lines), take: takeRecords(plan, intents, now) };
    expect(await undoPlan(run)).toEqual({ cleared: 1, kept: { 'being-linked': 1 } });
    expect(ids.map((id) => idOf(account, id))).toEqual(['c0', '']);
  });

  it('promise 12: clears nothing again that may still be cleared, for another id may stand there by then', async () => {
    const { account, portal, crm, plan, ids } = await openAccount(1);
    const lines: string[] = [];
    await applyPlan(runOf(crm, plan, lines));
    let sent = 0;
    const writeIds: LinkableCrm['writeIds'] = async () => {
      sent += 1;
      throw new CrmError('ambiguous', 'silence');
    };
    const [id = ''] = ids;
    const byHand = async (ms: number) => {
      clock += ms;
      portal.update(id, { [ID_PROPERTY]: 'X' });
    };
    expect(await undoPlan({ ...runOf({ ...crm, writeIds }, plan, lines), sleep: byHand })).toEqual({
      ...{ cleared: 0, kept: { changed: 1 } },
    });
    expect([sent, idOf(account, id)]).toEqual([1, 'X']);
  });

  it('clears exactly the ids that it wrote and that still stand there', async () => {
    const { account, portal, crm, plan, ids } = await openAccount(4);
    const [written = '', changed = '', own = '', gone = ''] = ids;
    portal.update(own, { [ID_PROPERTY]: 'c2' }); // By hand, before the plan was applied.
    const lines: string[] = [];
    await applyPlan(runOf(crm, plan, lines));
    portal.update(changed, { [ID_PROPERTY]: 'X' });
    portal.remove(gone);
    expect(await undoPlan(runOf(crm, plan, lines))).toEqual({ cleared: 1, kept: { changed: 1, 'record-gone': 1 } });
    expect([written, changed, own].map((id) => idOf(account, id))).toEqual(['', 'X', 'c2']);
  });
});

class Killed extends Error {}

describe('promise 12: applying, killing, resuming and undoing in any order', () => {
  const step = fc.record({ what: fc.constantFrom('apply', 'undo'), dies: fc.option(fc.nat(12), { nil: undefined }) });

  it('ends where the last whole run says, and clears no id that others wrote', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 6 }), fc.constantFrom('apply', 'undo'), async (steps, last) => {
        const { account, portal, crm, plan, ids } = await openAccount(5);
        const foreign = ids[2] ?? '';
        portal.update(foreign, { [ID_PROPERTY]: 'c2' });
        const lines: string[] = [];
        for (const { what, dies } of [...steps, { what: last, dies: undefined }]) {
          const run = mortal(runOf({ ...crm, batchSize: 2 }, plan, lines), dies);
          await (what === 'apply' ? applyPlan(run) : undoPlan(run)).catch((error: unknown) => {
            if (!(error instanceof Killed)) throw error;
          });
        }
        const expected = ids.map((id, index) => (last === 'apply' || id === foreign ? `c${index}` : ''));
        expect(ids.map((id) => idOf(account, id))).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });
});

/** The same run, of a process that is killed before or after its nth effect; a line half written stays behind. */
function mortal(run: Run, dies: number | undefined): Run {
  let left = dies ?? Number.POSITIVE_INFINITY;
  const effect = async <T>(make: () => Promise<T>): Promise<T> => {
    left -= 1;
    if (left < 0) throw new Killed();
    const made = await make();
    left -= 1;
    if (left < 0) throw new Killed();
    return made;
  };
  return {
    ...run,
    log: (entry) => effect(() => run.log(entry)),
    crm: { ...run.crm, writeIds: (writes) => effect(() => run.crm.writeIds(writes)) },
  };
}

describe('a journal', () => {
  it('that ends in half a line is read up to it', () => {
    const text = `${line({ at: 't', plan: 'p' })}\n${line({ at: '1970-01-01T00:00:00Z', intent: { r1: 'a' } })}\n{"at":"t","writ`;
    const { plan, states, ours } = readLog(text);
    expect([plan, [...states], [...ours]]).toEqual(['p', [['r1', { state: 'intended', at: 0 }]], ['r1']]);
  });
});
