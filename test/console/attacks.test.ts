import { connect } from 'node:net';
import { custom } from '../merge/merge-world.ts';
import { openConsole, send } from './open-console.ts';

type Console = Awaited<ReturnType<typeof openConsole>>;
const failing = (): never => {
  throw new Error('the table cannot be read');
};
const TOLD = { id: 'e1', survivor: 's', losers: ['s'] }; // A self-merge: parked.

let open: Console;
beforeEach(async () => {
  open = await openConsole();
  await open.world.tell(TOLD);
});
afterEach(() => open.close());

/** Exactly these bytes, with the cookie. */
function ask(line: string, hosts: string[]): Promise<string> {
  const lines = [line, ...hosts.map((host) => `host: ${host}`), `cookie: ${open.cookie}`, 'connection: close', '', ''];
  const bytes = lines.join('\r\n').replaceAll('OWN', '127.0.0.1:PORT').replaceAll('PORT', open.port);
  return new Promise((resolve) => {
    const socket = connect(Number(open.port), '127.0.0.1', () => socket.write(bytes));
    let all = '';
    socket.on('data', (part) => {
      all += part;
    });
    socket.on('close', () => resolve(all));
    socket.on('error', () => resolve(all));
  });
}

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

  it.each([
    ['no Host, HTTP/1.0', 'GET /acme HTTP/1.0', []],
    ['no Host, HTTP/1.1', 'GET /acme HTTP/1.1', []],
    ['an empty Host', 'GET /acme HTTP/1.1', ['']],
    ['another Host besides', 'GET /acme HTTP/1.1', ['OWN', 'evil.example']],
    ['another Host in front', 'GET /acme HTTP/1.1', ['evil.example', 'OWN']],
    ['a name before our address', 'GET /acme HTTP/1.1', ['evil@OWN']],
    ['a port with a zero', 'GET /acme HTTP/1.1', ['127.0.0.1:0PORT']],
    ['a number that is our address', 'GET /acme HTTP/1.1', ['2130706433:PORT']],
    ['a short form of it', 'GET /acme HTTP/1.1', ['127.1:PORT']],
    ['IPv6', 'GET /acme HTTP/1.1', ['[::1]:PORT']],
    ['a dot behind', 'GET /acme HTTP/1.1', ['localhost.:PORT']],
    ['a target with another host, Host is ours', 'GET http://evil.example/acme HTTP/1.1', ['OWN']],
    ['a target with another scheme', 'GET https://OWN/acme HTTP/1.1', ['OWN']],
    ['a target with our host, Host is another', 'GET http://OWN/acme HTTP/1.1', ['evil.example']],
    ['a target that is only a host', 'GET evil.example:80 HTTP/1.1', ['OWN']],
    ['a tunnel', 'CONNECT evil.example:80 HTTP/1.1', ['OWN']],
    ['a very large header', 'GET /acme HTTP/1.1', ['OWN', `x\r\nx: ${'x'.repeat(20_000)}`]],
  ])('%s: refused', async (_what, line, hosts) => {
    const text = await ask(line, hosts);
    expect(text).not.toContain('merge-sync-test');
    expect(text).toMatch(line.startsWith('CONNECT') ? /^$|^HTTP\/1\.1 4/ : /^HTTP\/1\.[01] 4(00|03|31)/);
  });

  it.each([
    ['as browsers ask', 'GET /acme HTTP/1.1'],
    ['with the whole address as target', 'GET http://OWN/acme HTTP/1.1'],
    ['in HTTP/1.0', 'GET /acme HTTP/1.0'],
  ])('its own address is taken, %s', async (_what, line) => {
    expect(await ask(line, ['OWN'])).toMatch(/^HTTP\/1\.1 200[\s\S]*merge-sync-test/);
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

  it('a token in an address is in no page and in no referrer', async () => {
    const { pathname, search } = new URL(open.running.freshUrl('/acme'));
    const { headers, text } = await open.get(`${pathname}${search}`);
    expect([headers.location, headers['referrer-policy'], text]).toEqual(['/acme', 'no-referrer', '']);
    expect(await (await open.get('/acme')).text).not.toContain(search.slice(3));
  });

  it('the cookie of a wrong value, and of another console, opens nothing', async () => {
    const [name, value] = open.cookie.split('=');
    for (const cookie of [`${name}=`, `${name}=${value}x`, `merge-sync-console-1=${value}`, '__proto__=x', ''])
      expect((await send(open.running.url, '/acme', { headers: { cookie } })).status).toBe(403);
  });

  it('requests that are refused do not keep the console awake', async () => {
    const before = open.running.lastRequestAt();
    open.world.clock.now += 60_000;
    await send(open.running.url, '/acme');
    await open.get('/acme', { host: 'evil.example' });
    expect(open.running.lastRequestAt()).toBe(before);
    await open.get('/acme');
    expect(open.running.lastRequestAt()).toBe(before + 60_000);
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

  it.each(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'])(
    '%s changes nothing',
    async (method) => {
      const { cookie, running } = open;
      for (const site of ['same-origin', 'cross-site'])
        for (const query of ['', '?action=replay']) {
          const headers = { cookie, 'sec-fetch-site': site, 'content-type': FORM };
          const answer = await send(running.url, `/acme/events/e1/act${query}`, { method, headers });
          expect(Object.keys(answer.headers).filter((name) => /^(access-control|allow)/.test(name))).toEqual([]);
        }
      expect(await state()).toBe('parked');
    },
  );

  it('a preflight gets no leave', async () => {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
    const answer = await send(open.running.url, '/acme/events/e1/act', { method: 'OPTIONS', headers });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([403, undefined]);
  });

  it.each([
    ['text/plain', 'action=replay'],
    ['application/json', '{"action":"replay"}'],
    [
      'multipart/form-data; boundary=x',
      '--x\r\ncontent-disposition: form-data; name="action"\r\n\r\nreplay\r\n--x--\r\n',
    ],
    ['multipart/form-data', 'nonsense'],
  ])('a body that is no form of a page is not read: %s', async (type, body) => {
    const headers = { cookie: open.cookie, 'sec-fetch-site': 'same-origin', 'content-type': type };
    const answer = await send(open.running.url, '/acme/events/e1/act', { method: 'POST', headers, body });
    expect(answer.status).toBe(415);
    expect(await state()).toBe('parked');
  });

  it('a form that is too large is refused as such', async () => {
    const answer = await open.post('/acme/bulk/plan', { action: 'replay', id: 'x'.repeat(3_000_000) });
    expect([answer.status, answer.text]).toEqual([413, expect.stringContaining('too many events')]);
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

  it.each([
    '/assets/../../package.json',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/..%2f..%2fpackage.json',
    '/acme/events/..%2f..%2fpackage.json',
    '/acme/events/e1/before/..%2fjson',
    '/acme/events/e1/before/__proto__',
    '/__proto__/events',
    '/acme/events/%00',
    '/acme/events/%',
    '/%ff',
    `/acme/events/${'x'.repeat(3_000)}`,
    `/acme/contacts/${'x'.repeat(3_000)}`,
    `/acme/find?q=${'x'.repeat(3_000)}`,
    `/acme/events?contact=${'x'.repeat(3_000)}`,
  ])('is that there is no such page: no file is behind an address (%#)', async (path) => {
    const { status, text } = await open.get(path);
    expect(status).toBe(404);
    expect(text).not.toContain('devDependencies');
  });

  it('of an address that begins with two strokes has no link to another host', async () => {
    const { text } = await open.get('//evil.example/x');
    expect(text).not.toMatch(/(href|action)="\/\//);
    expect(text).toContain('href="/evil.example/x?lang=zh"');
  });

  it('of a download is a file that no page may read or run', async () => {
    await open.world.tell({
      id: 'e3',
      survivor: 'a',
      losers: ['b'],
      changed: { remark: '<script>' },
      old: { remark: 'x' },
    });
    for (const [to, type] of [
      ['events.csv', 'text/csv'],
      ['events/e3/before/csv', 'text/csv'],
      ['events/e3/before/json', 'application/json'],
      ['events/e3/before/html', 'text/html'],
    ]) {
      const { status, headers } = await open.get(`/acme/${to}`);
      expect([to, status]).toEqual([to, 200]);
      expect(headers).toMatchObject({
        'content-type': `${type}; charset=utf-8`,
        'content-disposition': expect.stringMatching(/^attachment; filename="(events|before)\.(csv|json|html)"$/),
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
      });
    }
    expect((await open.get('/acme/events/e3/before/html')).text).toContain(
      `<meta http-equiv="content-security-policy" content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;"/>`,
    );
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
    for (const [index, sign] of ['=', '+', '-', '@', '＝', '＋', '－', '＠'].entries()) {
      const id = `${sign}cmd|calc`;
      const fields = { old: { remark: `${sign}1`, [`${sign}2`]: 'x' }, changed: {} };
      await open.world.tell({ id, survivor: `${sign}x${index}`, losers: [`${sign}y${index}`], ...fields });
      expect((await open.get('/acme/events.csv')).text).toContain(`,'${id},`);
      const file = (await open.get(`/acme/events/${encodeURIComponent(id)}/before/csv`)).text;
      for (const cell of file.slice(1).split(/[\r\n,]+/)) expect(cell).not.toMatch(/^[=+\-@＝＋－＠]/);
      expect(file).toContain(`'${sign}x${index}`);
    }
  });

  it('in what the deployment, its tenants, the CRM and the operators are called, in reasons and in bulk actions', async () => {
    const { world } = open;
    const tenant = 'acme';
    const ledger = world.ledgerOf(tenant);
    const at = { startedAt: 1, updatedAt: 1, finishedAt: 2, total: 1, queued: 1, refused: 0 };
    await ledger.bulkActions.save({ id: 'b1', action: 'replay', by: SCRIPT, list: 'parked', reason: SCRIPT, ...at }, 0);
    const odd = await openConsole(
      {
        explain: () => SCRIPT,
        recordUrl: `https://crm.example/{contact}?${SCRIPT}`,
        deployment: {
          ...{ name: SCRIPT, account: SCRIPT, region: SCRIPT, tenants: [tenant, SCRIPT] },
          ledger: (name) => (name === SCRIPT ? failing() : world.ledgerOf(name)),
          ...{ rates: world.ledger, queue: world.queue },
        },
      },
      world,
    );
    const paths = ['', '/events', '/events/e1', '/bulk', `/contacts/s`].map((path) => `/${tenant}${path}`);
    try {
      for (const path of [...paths, `/${encodeURIComponent(SCRIPT)}`, `/${encodeURIComponent(SCRIPT)}/bulk`]) {
        const { text } = await odd.get(path);
        expect(text).toContain('&lt;script&gt;alert(1)');
        expect(text).not.toMatch(/<script(?! src="\/assets\/console\.js")|<img|onerror=alert\(1\)>/);
      }
    } finally {
      await odd.close();
    }
  });
});
