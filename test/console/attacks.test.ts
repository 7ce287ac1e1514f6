import { connect } from 'node:net';
import { custom } from '../merge/merge-world.ts';
import { openConsole, send } from './open-console.ts';

type Console = Awaited<ReturnType<typeof openConsole>>;
const TOLD = { id: 'e1', survivor: 's', losers: ['s'] }; // A self-merge: parked.

let open: Console;
beforeEach(async () => {
  open = await openConsole();
  await open.world.tell(TOLD);
});
afterEach(() => open.close());

const act = { method: 'POST', body: 'action=replay' };
const FORM = 'application/x-www-form-urlencoded';
const state = async () => (await open.world.record('e1')).state;

describe('the console answers its own pages only', () => {
  it.each([
    ['a name that was made to lead here', 'evil.example'],
    ['that name with our port', 'evil.example:PORT'],
    ['a name that begins like ours', '127.0.0.1.evil.example:PORT'],
    ['another port', '127.0.0.1:1'],
    ['no port', '127.0.0.1'],
    ['another loopback address', '127.0.0.2:PORT'],
    ['a public one', '0.0.0.0:PORT'],
  ])('rebinding, %s: refused even with the cookie', async (_what, host) => {
    const { cookie, port, running } = open;
    const headers = { cookie, host: host.replace('PORT', port) };
    const answer = await send(running.url, '/acme', { headers });
    expect(answer.status).toBe(403);
    expect(answer.text).not.toContain('merge-sync-test');
  });

  it('both of its names are taken', async () => {
    expect((await open.get('/acme', { host: `localhost:${open.port}` })).status).toBe(200);
    expect((await open.get('/acme')).status).toBe(200);
  });

  it('a request without Host is refused', async () => {
    const text = await new Promise<string>((resolve) => {
      const socket = connect(Number(open.port), '127.0.0.1', () =>
        socket.write(`GET /acme HTTP/1.0\r\ncookie: ${open.cookie}\r\n\r\n`),
      );
      let all = '';
      socket.on('data', (part) => {
        all += part;
      });
      socket.on('close', () => resolve(all));
      socket.on('error', () => resolve(all));
    });
    expect(text).toMatch(/^HTTP\/1\.[01] (400|403)/);
  });

  it('a proxy or tunnel in front gives itself away', async () => {
    expect((await open.get('/acme', { 'x-forwarded-for': '192.0.2.1' })).status).toBe(403);
  });

  it('it listens on loopback, and no option says otherwise', () => {
    expect(new URL(open.running.url).hostname).toBe('127.0.0.1');
  });
});

describe('only a browser that opened a fresh address gets in', () => {
  it('without the cookie nothing is shown and nothing is done', async () => {
    const { running } = open;
    for (const path of [
      '/',
      '/acme',
      '/acme/events',
      '/acme/events/e1?values=1',
      '/acme/events.csv',
      '/acme/events/e1/before/json',
    ]) {
      const { status, text } = await send(running.url, path);
      expect(status).toBe(403);
      expect(text).not.toMatch(/e1|merge-sync-test|123456789012|acme/);
    }
    const headers = { 'sec-fetch-site': 'same-origin', 'content-type': FORM };
    expect((await send(running.url, '/acme/events/e1/act', { ...act, headers })).status).toBe(403);
    expect(await state()).toBe('parked');
  });

  it('a token opens once, and becomes a cookie that scripts and other sites cannot use', async () => {
    const { running } = open;
    const { pathname, search } = new URL(running.freshUrl('/acme/events'));
    const first = await send(running.url, `${pathname}${search}`);
    expect([first.status, first.headers.location]).toEqual([303, '/acme/events']);
    expect(first.headers['set-cookie']?.[0]).toMatch(/; HttpOnly; SameSite=Strict$/);
    expect((await send(running.url, `${pathname}${search}`)).status).toBe(403);
    expect((await send(running.url, '/?t=guessed')).status).toBe(403);
  });

  it('a token that has waited for a quarter of an hour opens nothing', async () => {
    const { pathname, search } = new URL(open.running.freshUrl());
    open.world.clock.now += 16 * 60_000;
    expect((await send(open.running.url, `${pathname}${search}`)).status).toBe(403);
  });

  it('an address leads where its maker said, whatever is added to it', async () => {
    const { pathname, search } = new URL(open.running.freshUrl('/acme/bulk'));
    const answer = await open.get(`${pathname}${search}&to=https://evil.example/`);
    expect(answer.headers.location).toBe('/acme/bulk');
    expect((await open.get(`${pathname}${search}&to=https://evil.example/`)).headers.location).toBe('/');
  });
});

describe('nothing is changed but by a form of its own pages', () => {
  it.each<[string, Record<string, string>]>([
    ['a form on another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['one that hides where it comes from', { 'sec-fetch-site': 'cross-site', origin: 'null' }],
    ['a page on another port of this machine', { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:8080' }],
    ['a browser that does not say', {}],
    ['an address that was typed', { 'sec-fetch-site': 'none' }],
    ['text that is JSON', { 'sec-fetch-site': 'cross-site', 'content-type': 'text/plain' }],
  ])('%s', async (_what, headers) => {
    const { cookie, running } = open;
    const sent = { ...act, headers: { cookie, 'content-type': FORM, ...headers } };
    expect((await send(running.url, '/acme/events/e1/act', sent)).status).toBe(403);
    expect(await state()).toBe('parked');
  });

  it.each(['GET', 'HEAD'])('%s changes nothing', async (method) => {
    const { cookie, running } = open;
    await send(running.url, '/acme/events/e1/act?action=replay', { method, headers: { cookie } });
    expect(await state()).toBe('parked');
  });

  it('its own form does, under the operator’s name', async () => {
    const answer = await open.post('/acme/events/e1/act', { action: 'replay' });
    expect([answer.status, answer.headers.location]).toEqual([303, '/acme/events/e1?did=queued']);
    expect(await open.world.record('e1')).toMatchObject({ operatorActions: [{ by: 'ada', action: 'replay' }] });
  });

  it('no other page may read an answer, also of one that is let in', async () => {
    const answer = await open.get('/acme', { origin: 'https://evil.example' });
    expect(answer.status).toBe(403);
    const read = await open.get('/acme', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' });
    expect(read.status).toBe(403);
    for (const { headers } of [answer, read, await open.get('/acme')])
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

it('read-only unless it was started otherwise: each way to change something is refused, and the page says so', async () => {
  const closed = await openConsole({ allowActions: false }, open.world);
  try {
    const tries: [string, Record<string, string>][] = [
      ['/acme/events/e1/act', { action: 'replay' }],
      ['/acme/bulk/plan', { action: 'replay', id: 'e1' }],
      ['/acme/bulk/run', { action: 'replay', id: 'e1', count: '1' }],
    ];
    for (const [path, form] of tries) expect((await closed.post(path, form)).status).toBe(403);
    expect(await state()).toBe('parked');
    expect((await closed.get('/acme/events/e1')).text).toContain('read-only');
    expect((await closed.get('/acme/events/e1')).text).not.toContain('<button type="submit" name="action"');
  } finally {
    await closed.close();
  }
});

describe('every answer', () => {
  it.each(['/acme', '/acme/events/e1', '/assets/console.js', '/nothing', '/nobody/events'])(
    'of %s forbids foreign scripts, frames, storage and referrers',
    async (path) => {
      const { headers } = await open.get(path);
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['content-security-policy']).not.toMatch(/unsafe|data:|\*/);
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      });
    },
  );

  it('of a page says which deployment and account it is', async () => {
    for (const path of ['/acme', '/acme/events', '/acme/events/e1', '/acme/bulk', '/acme/contacts/s']) {
      const { text } = await open.get(path);
      for (const word of ['merge-sync-test', '123456789012', 'ap-southeast-1', 'ada']) expect(text).toContain(word);
    }
  });

  it('of another tenant is that there is no such page', async () => {
    expect((await open.get('/other/events')).status).toBe(404);
    expect((await open.get('/other')).status).toBe(404);
  });
});

describe('a script that was stored is shown as text', () => {
  const SCRIPT = `"'><script>alert(1)</script><img src=x onerror=alert(1)>`;

  it.each(['en', 'zh'])('in every field of a contact, in ids, names and addresses (%s)', async (lang) => {
    const { world } = open;
    const changed = {
      remark: SCRIPT,
      [SCRIPT]: SCRIPT,
      customFields: [custom('field1', SCRIPT), custom(SCRIPT, SCRIPT)],
    };
    const id = 'e2<script>alert(1)</script>';
    const contact = `c<img src=x onerror=alert(1)>`;
    await world.tell({
      id,
      survivor: contact,
      losers: [`l${SCRIPT}`],
      changed,
      old: changed,
      mergedContacts: [changed],
    });
    const odd = await openConsole(
      { operator: SCRIPT, language: lang as 'en', recordUrl: 'https://crm.example/{contact}' },
      world,
    );
    try {
      const event = encodeURIComponent(id);
      const who = encodeURIComponent(contact);
      const paths = [
        `/acme/events/${event}?values=1`,
        `/acme/contacts/${who}?open=${encodeURIComponent(SCRIPT)}`,
        `/acme/events?contact=${who}&reason=${encodeURIComponent(SCRIPT)}`,
        `/acme/find?q=${encodeURIComponent(SCRIPT)}`,
        '/acme/events',
        '/acme/bulk',
      ];
      for (const path of paths) {
        const { text } = await odd.get(path);
        expect(text).not.toMatch(/<script>|<img|onerror=alert\(1\)>/);
        expect(text).not.toMatch(/<script(?! src="\/assets\/console\.js")/);
      }
      expect((await odd.get(paths[0] as string)).text).toContain('&lt;script&gt;alert(1)');
    } finally {
      await odd.close();
    }
  });

  it('and a table for a spreadsheet has no formula in it', async () => {
    await open.world.tell({ id: '=cmd|calc', survivor: 'x', losers: ['y'] });
    expect((await open.get('/acme/events.csv')).text).toContain(`,'=cmd|calc,`);
  });
});
