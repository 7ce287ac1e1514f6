import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { layOut } from '../../lib/console/picture/lay-out-tree.ts';
import { readContactTree, type TreeContact } from '../../lib/console/read/contact-tree.ts';
import { findEvents } from '../../lib/console/read/find-events.ts';
import { CrmError, StoreError } from '../../lib/errors.ts';
import { ALL_STATES } from '../../lib/ledger/event-states.ts';
import { createScriptedCrm } from '../merge/crms.ts';
import { createMergeWorld, HOUR, MINUTE, TENANT } from '../merge/merge-world.ts';
import { openConsole } from './open-console.ts';

/** Answers each command as the queue of answers says, then `done`. */
function openWorld(...answers: Parameters<typeof createScriptedCrm>) {
  return createMergeWorld({ crm: createScriptedCrm(...answers).crm });
}

const merge = (id: string, survivor: string, ...losers: string[]) => ({ id, survivor, losers });

async function inConsole<T>(
  world: ReturnType<typeof openWorld>,
  work: (open: Awaited<ReturnType<typeof openConsole>>) => Promise<T>,
  options = {},
): Promise<T> {
  const open = await openConsole(options, world);
  try {
    return await work(open);
  } finally {
    await open.close();
  }
}

describe('the list of events', () => {
  async function ten() {
    const world = openWorld();
    for (let n = 0; n < 10; n++) {
      await world.tell(n % 3 === 0 ? merge(`e${n}`, `s${n}`, `s${n}`) : merge(`e${n}`, `s${n}`, `l${n}`));
      if (n % 2 === 1) world.clock.now += MINUTE; // Two events of each moment.
    }
    return world;
  }
  const NEWEST = { from: undefined, limit: 100 };

  it('has every event, newest first, whatever its state', async () => {
    const { ours } = await ten();
    const { records, next } = await findEvents(ours, { states: [] }, NEWEST);
    expect(records.map(({ eventId }) => eventId)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map((n) => `e${n}`));
    expect(next).toBeUndefined();
  });

  it('goes on page by page: each event once, also where several came in one moment', async () => {
    const { ours } = await ten();
    const seen: string[] = [];
    for (let from: { at: number; id: string } | undefined, pages = 0; pages < 9; pages++) {
      const page = await findEvents(ours, { states: [] }, { from, limit: 3 });
      seen.push(...page.records.map(({ eventId }) => eventId));
      from = page.next;
      if (!from) break;
    }
    expect(seen).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map((n) => `e${n}`));
  });

  it('many events of one moment are all there', async () => {
    const world = openWorld();
    for (let n = 0; n < 450; n++) await world.tell(merge(`e${n}`, 'x', 'x'));
    const { records } = await findEvents(world.ours, { states: ['parked'] }, { from: undefined, limit: 1_000 });
    expect(new Set(records.map(({ eventId }) => eventId)).size).toBe(450);
  });

  it('filters by state, reason, time and contact', async () => {
    const { ours, clock } = await ten();
    const ids = async (filter: Partial<Parameters<typeof findEvents>[1]>) =>
      (await findEvents(ours, { states: [], ...filter }, NEWEST)).records.map(({ eventId }) => eventId);
    expect(await ids({ states: ['parked'] })).toEqual(['e9', 'e6', 'e3', 'e0']);
    expect(await ids({ reason: 'self-merge', states: ALL_STATES })).toEqual(['e9', 'e6', 'e3', 'e0']);
    expect(await ids({ reason: 'cycle' })).toEqual([]);
    expect(await ids({ since: clock.now - 2 * MINUTE })).toEqual(['e9', 'e8', 'e7', 'e6']);
    expect(await ids({ until: clock.now - 4 * MINUTE })).toEqual(['e1', 'e0']);
    expect(await ids({ contact: 's1' })).toEqual(['e1']);
    expect(await ids({ contact: 'l1' })).toEqual(['e1']);
    expect(await ids({ contact: 's3' })).toEqual(['e3']); // Parked: named, and not over.
    expect(await ids({ contact: 'never' })).toEqual([]);
  });

  it('the filter stands in the address, and the table is what is shown', async () => {
    await inConsole(await ten(), async ({ get }) => {
      const { text } = await get('/acme/events?state=parked&reason=self-merge');
      expect(text.match(/href="\/acme\/events\/e\d"/g)).toHaveLength(4);
      expect(text).toContain('/acme/events.csv?state=parked&amp;reason=self-merge');
      const csv = await get('/acme/events.csv?state=parked&reason=self-merge');
      expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
      expect(csv.text.trim().split('\r\n')).toHaveLength(5);
      expect(text).not.toContain('cannot be read');
    });
  });

  describe('parts of an address that cannot be read', () => {
    it.each([
      ['state=parked,lost', 'State “lost”', 4],
      ['state=parked&since=yesterday', 'Received from “yesterday”', 4],
      ['state=parked&until=2026-02-31T10:00', 'to “2026-02-31T10:00”', 4],
      ['reason=self-merg&state=parked', 'Reason “self-merg”', 4],
      ['state=parked&after=x', 'Place in the list “x”', 4],
      ['state=%3Cb%3E', 'State “&lt;b&gt;”', 10],
    ])('%s: said on the page, and the others count', async (query, told, count) => {
      await inConsole(await ten(), async ({ get }) => {
        const { text } = await get(`/acme/events?${query}`);
        expect(text).toContain(told);
        expect(text.match(/href="\/acme\/events\/e\d"/g)).toHaveLength(count);
        expect((await get(`/acme/events?${query}&lang=zh`)).text).toContain('无法识别');
      });
    });
  });
});

describe('one event', () => {
  it('gives both records as they were as a file, which the page offers, and knows no other kind', async () => {
    const world = openWorld();
    await world.tell({ ...merge('e1', 's1', 'l1'), old: { remark: 'before' } });
    await inConsole(world, async ({ get }) => {
      expect((await get('/acme/events/e1')).text).toContain('href="/acme/events/e1/before/csv"');
      for (const [format, type] of [
        ['json', 'application/json'],
        ['csv', 'text/csv'],
        ['html', 'text/html'],
      ]) {
        const { status, headers, text } = await get(`/acme/events/e1/before/${format}`);
        expect([status, headers['content-type']]).toEqual([200, `${type}; charset=utf-8`]);
        expect(headers['content-disposition']).toBe(`attachment; filename="before.${format}"`);
        expect(text).toContain('before');
      }
      expect((await get('/acme/events/e1/before/exe')).status).toBe(404);
      expect((await get('/acme/events/unheard-of/before/json')).status).toBe(404);
    });
  });

  const TOLD = {
    ...merge('e1', 's', 'a'),
    changed: { remark: 'secret remark' },
    old: { remark: 'old remark' },
    mergedContacts: [{ remark: 'loser remark' }],
  };

  it('promise 11: shows values only once they are asked for', async () => {
    const world = openWorld();
    await world.tell(TOLD);
    await inConsole(world, async ({ get }) => {
      const hidden = await get('/acme/events/e1');
      for (const value of ['secret remark', 'old remark', 'loser remark']) expect(hidden.text).not.toContain(value);
      const { text } = await get('/acme/events/e1?values=1');
      for (const value of ['secret remark', 'old remark', 'loser remark']) expect(text).toContain(value);
    });
  });

  it('tells what happened, who goes into whom, and offers nothing where nothing is left to do', async () => {
    const world = openWorld();
    await world.tell(TOLD);
    await inConsole(
      world,
      async ({ get }) => {
        const { text } = await get('/acme/events/e1');
        for (const words of [
          'Received from',
          'merge 1 contact into the survivor',
          'Call to the CRM: tell it to merge',
          'done',
        ])
          expect(text).toContain(words);
        expect(text).toContain('href="https://crm.example/s"');
        expect(text).not.toContain('<button type="submit" name="action"');
        expect((await get('/acme/events/e1?lang=zh')).text).toContain('谁并入谁');
      },
      { recordUrl: 'https://crm.example/{contact}' },
    );
  });

  it('an unanswered call is settled there, after a word of warning', async () => {
    const silent = Array.from({ length: 10 }, () => new CrmError('ambiguous', 'no answer'));
    const timing = { giveUpMs: 10 * MINUTE };
    const world = createMergeWorld({ crm: createScriptedCrm(...silent).crm, timing });
    await world.receive(TOLD);
    await world.drain(2 * HOUR);
    expect(await world.record('e1')).toMatchObject({ state: 'parked', progress: { sent: true } });
    await inConsole(world, async ({ get, post }) => {
      expect((await get('/acme/events/e1')).text).toContain('Look at the record in the CRM first');
      await post('/acme/events/e1/act', { action: 'settle-done' });
      await world.drain();
      expect(await world.record('e1')).toMatchObject({
        state: 'applied',
        operatorActions: [{ action: 'settle-done' }],
      });
    });
  });

  it('an id that is unknown is said to be', async () => {
    await inConsole(openWorld(), async ({ get }) => {
      expect((await get('/acme/events/none')).status).toBe(404);
      expect((await get('/acme/find?q=none')).text).toContain('Neither an event nor a contact');
    });
  });
});

describe('one contact', () => {
  it('is found by its id where only an event that waits names it', async () => {
    const world = openWorld();
    await world.receive(merge('e1', 'b', 'waits'));
    await inConsole(world, async ({ get }) => {
      expect((await get('/acme/find?q=waits')).headers.location).toBe('/acme/contacts/waits');
      expect((await get('/acme/contacts/waits')).text).toContain('Events that wait may name it');
      expect((await get('/acme/events?contact=waits')).text).toContain('/acme/events/e1');
      expect((await get('/acme/find?q=wait')).status).toBe(404);
    });
  });

  it('shows who it is now, by which event, and all that became part of it', async () => {
    const world = openWorld();
    await world.tell(merge('e1', 'b', 'a', 'x'));
    await world.tell(merge('e2', 'c', 'b'));
    await inConsole(world, async ({ get }) => {
      const { text } = await get('/acme/contacts/a');
      expect(text).toContain('This contact was merged away');
      for (const id of ['a', 'b', 'c', 'x']) expect(text).toContain(`href="/acme/contacts/${id}"`);
      expect(text).toContain('href="/acme/events/e2"');
      expect((await get('/acme/find?q=a')).headers.location).toBe('/acme/contacts/a');
      expect((await get('/acme/find?q=e1')).headers.location).toBe('/acme/events/e1');
      expect((await get('/acme/contacts/never')).text).toContain('No merge has been worked on with this');
    });
    const tree = await readContactTree(world.ours, 'a');
    expect(tree.way).toEqual(['a', 'b', 'c']);
    expect(tree.root).toMatchObject({ id: 'c', losers: [{ id: 'b', mergedBy: 'e2' }] });
    expect(tree.root.losers[0]?.losers.map(({ id }) => id).sort()).toEqual(['a', 'x']);
  });

  it('folds what is too much, and unfolds it by an address', async () => {
    const world = openWorld();
    await world.tell(merge('e1', 's', ...Array.from({ length: 40 }, (_, n) => `l${n}`)));
    await inConsole(world, async ({ get }) => {
      const nodes = (text: string) => text.match(/<g class="node/g)?.length;
      const folded = (await get('/acme/contacts/s')).text;
      expect(folded).toContain('show 30 more');
      expect(nodes(folded)).toBe(11);
      expect(nodes((await get('/acme/contacts/s?open=s')).text)).toBe(41);
      expect(nodes((await get('/acme/contacts/s?open=*')).text)).toBe(41);
    });
  });
});

it('a large tree is a short page at first, and 1 000 contacts once it is unfolded', () => {
  let count = 0;
  const branch = (depth: number): TreeContact => ({
    id: `c${count++}`,
    losers: depth === 0 ? [] : Array.from({ length: 8 }, () => branch(depth - 1)),
    hidden: 0,
  });
  const root = branch(4);
  expect(layOut(root, []).nodes.length).toBeLessThanOrEqual(250);
  expect(layOut(root, ['*']).nodes).toHaveLength(count);
});

describe('bulk actions', () => {
  async function parked(count: number) {
    const world = openWorld();
    for (let n = 0; n < count; n++) await world.tell(merge(`e${n}`, `s${n}`, `s${n}`));
    return world;
  }
  const ALL = { action: 'replay', list: 'parked', reason: 'self-merge' };

  it('count and plan first, and change nothing by that', async () => {
    const world = await parked(3);
    await inConsole(world, async ({ post }) => {
      expect((await post('/acme/bulk/plan', ALL)).text).toContain('Try again: 3 events');
      expect(await world.listed('parked')).toHaveLength(3);
    });
  });

  it('one event is one event', async () => {
    const world = await parked(1);
    await inConsole(world, async ({ post }) => {
      const { text } = await post('/acme/bulk/plan', ALL);
      for (const words of ['Try again: 1 event<', 'Do it for 1 event<']) expect(text).toContain(words);
    });
  });

  it('act on all with a reason; the list of past ones says who did it, on how many and why', async () => {
    const world = await parked(45);
    await inConsole(world, async ({ get, post }) => {
      expect((await post('/acme/bulk/run', { ...ALL, count: '45' })).headers.location).toBe('/acme/bulk');
      await world.drain();
      const { text } = await get('/acme/bulk');
      for (const words of ['ada', 'done: 45 queued, 0 had changed meanwhile', 'merges a contact into itself'])
        expect(text).toContain(words);
      expect(await world.record('e44')).toMatchObject({ operatorActions: [{ by: 'ada', action: 'replay' }] });
    });
  });

  it('say how far they are while they run, and act once where a colleague does the same at the same time', async () => {
    const world = await parked(45);
    const sent = { count: 0 };
    const pause = new EventEmitter();
    const paused = once(pause, 'end');
    const queue: typeof world.queue = {
      async send(...pointer) {
        sent.count += 1;
        if (sent.count > 30) await paused;
        return world.queue.send(...pointer);
      },
    };
    const deployment = { name: 'x', tenants: [TENANT], ledger: world.ledgerOf, rates: world.ledger, queue };
    const until = async (get: (to: string) => Promise<{ text: string }>, words: string) => {
      for (let looks = 0; looks < 1_000 && !(await get('/acme/bulk')).text.includes(words); looks++) await sleep(10);
      expect((await get('/acme/bulk')).text).toContain(words);
    };
    await inConsole(
      world,
      async ({ get, post }) => {
        await post('/acme/bulk/run', { ...ALL, count: '45' });
        await until(get, '20 of 45');
        while (sent.count < 31) await sleep(10);
        await inConsole(
          world,
          async (colleague) => {
            // The 31 that the first has taken are no longer parked.
            expect((await colleague.post('/acme/bulk/run', { ...ALL, count: '14' })).headers.location).toBe(
              '/acme/bulk',
            );
            await until(colleague.get, 'done: 14 queued, 0 had changed meanwhile');
            pause.emit('end');
            await until(get, 'done: 31 queued, 14 had changed meanwhile');
          },
          { operator: 'bob', newId: () => 'of-bob' },
        );
      },
      { deployment },
    );
    const by = await Promise.all(Array.from({ length: 45 }, (_, n) => world.record(`e${n}`)));
    expect(by.map(({ operatorActions = [] }) => operatorActions.length)).toEqual(Array(45).fill(1));
  });

  it('act on those that were picked only', async () => {
    const world = await parked(3);
    await inConsole(world, async ({ post }) => {
      const form: [string, string][] = [
        ['action', 'replay'],
        ['id', 'e0'],
        ['id', 'e2'],
        ['count', '2'],
      ];
      await post('/acme/bulk/run', form);
      await world.drain();
      expect((await world.record('e1')).operatorActions).toBeUndefined();
      expect((await world.record('e2')).operatorActions).toHaveLength(1);
    });
  });

  it('do nothing where the count is no longer the one that was shown', async () => {
    const world = await parked(3);
    await inConsole(world, async ({ get, post }) => {
      const { headers } = await post('/acme/bulk/run', { ...ALL, count: '2' });
      expect((await get(headers.location ?? '')).text).toContain('Nothing was done: meanwhile 3 fit instead of 2');
      expect(await world.listed('parked')).toHaveLength(3);
    });
  });

  it('release what is held', async () => {
    const world = createMergeWorld({
      crm: createScriptedCrm().crm,
      policy: { limits: { mergesPerHour: 1, mergesPerSurvivorPerDay: 500 } },
    });
    for (const n of [1, 2, 3]) await world.tell(merge(`e${n}`, `s${n}`, `l${n}`));
    await inConsole(world, async ({ get, post }) => {
      expect((await get('/acme')).text).toContain('2 events');
      await post('/acme/bulk/run', { action: 'release', list: 'held', reason: 'tenant-hour-limit', count: '2' });
      await world.drain();
      expect((await world.record('e3')).state).toBe('applied');
    });
  });
});

describe('the store cannot be reached', () => {
  it.each([
    ['ExpiredTokenException', 'The login at AWS has expired'],
    ['CredentialsProviderError', 'The login at AWS has expired'],
    ['AccessDeniedException', 'have not the right'],
    ['ECONNREFUSED', 'AWS cannot be reached'],
    ['ResourceNotFoundException', 'There is no such deployment'],
    ['SomethingElse', 'The request failed'],
  ])('%s: the page says what that means, in both languages, and heals', async (name, sentence) => {
    const world = openWorld();
    const cause = Object.assign(new Error('secret detail'), { name });
    let isDown = true;
    const ledger = (tenant: string) => {
      if (isDown) throw new StoreError('DynamoDB: query failed', { cause });
      return world.ledgerOf(tenant);
    };
    const deployment = { name: 'd', tenants: ['acme'], ledger, rates: world.ledger, queue: world.queue };
    await inConsole(
      world,
      async ({ get }) => {
        const down = await get('/acme');
        expect([down.status, down.text.includes(sentence)]).toEqual([503, true]);
        expect(down.text).not.toContain('secret detail');
        expect((await get('/acme?lang=zh')).text).toMatch(/无法读取数据/);
        isDown = false;
        expect((await get('/acme')).status).toBe(200);
      },
      { deployment },
    );
  });
});
