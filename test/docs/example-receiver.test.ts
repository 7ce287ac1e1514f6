import { createCommandHttpCrm } from '../../lib/crm/http/command-http.ts';
import type { MergeCommand } from '../../lib/ports.ts';
import { commandCrmContract } from '../contracts/command-crm.ts';
import { startRecordingServer } from '../contracts/recording-server.ts';
import { isGenuine, type People, receive } from './example-receiver.ts';

for (const secret of ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'])
  commandCrmContract('the receiver of docs/adapter.md', async ({ fetch, timeoutMs }) => {
    const known = new Set<string>();
    const effects: { key: string; command: MergeCommand }[] = [];
    let contradiction: string | undefined;
    const people: People = {
      isDone: (webhookId) => effects.some(({ key }) => key === webhookId),
      has: (contactId) => known.has(contactId),
      conflict: () => contradiction,
      merge: (key, command) => void effects.push({ key, command: command as MergeCommand }),
    };
    const server = await startRecordingServer(({ headers, body }) =>
      receive(headers, body, { people, secret, now: Date.now() }),
    );
    return {
      crm: createCommandHttpCrm({ endpoint: `${server.url}/merges`, secret, fetch, now: Date.now, timeoutMs }),
      seed: async (contactIds) => contactIds.forEach((id) => void known.add(id)),
      effects: () => effects,
      contradict: (code) => {
        contradiction = code;
      },
      close: server.close,
    };
  });

// The reference library's known answer: github.com/standard-webhooks/standard-webhooks, "sign function works".
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const BODY = '{"test": 2432232314}';
const SENT_AT = 1_614_265_330;
const HEADERS = {
  'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  'webhook-timestamp': String(SENT_AT),
  'webhook-signature': 'v1,bm9uZQ== v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};

describe('the receiver of docs/adapter.md takes a request for genuine', () => {
  it('when one of its signatures is the reference library’s', () => {
    expect(isGenuine(HEADERS, BODY, SECRET, SENT_AT * 1000)).toBe(true);
    expect(isGenuine(HEADERS, BODY, SECRET, (SENT_AT + 300) * 1000)).toBe(true);
  });

  it.each<[string, object, string, string, number]>([
    ['with another body', {}, `${BODY} `, SECRET, SENT_AT],
    ['with another id', { 'webhook-id': 'other' }, BODY, SECRET, SENT_AT],
    ['with another time', { 'webhook-timestamp': String(SENT_AT + 1) }, BODY, SECRET, SENT_AT],
    ['under another secret', {}, BODY, 'whsec_bm9uZQ==', SENT_AT],
    ['six minutes later', {}, BODY, SECRET, SENT_AT + 360],
    ['without a time', { 'webhook-timestamp': undefined }, BODY, SECRET, SENT_AT],
    ['without a signature', { 'webhook-signature': undefined }, BODY, SECRET, SENT_AT],
  ])('not %s', (_what, changes, body, secret, now) => {
    expect(isGenuine({ ...HEADERS, ...changes }, body, secret, now * 1000)).toBe(false);
  });
});
