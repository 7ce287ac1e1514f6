import * as fc from 'fast-check';
import { printable, printableId } from '../../lib/cli/printable.ts';
import { KEYS, sealed } from '../dustess/sealing.ts';
import { run } from './console.ts';

const ESC = '\u001b[2J\u001b[1;31m';
const HOSTILE = `a${ESC}b\u009b31mc\u0007\u202Ed\u2066e\u2028f`;
const COMMANDS_A_TERMINAL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about.
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...HOSTILE, '\n', '\r', '\t', ' ', '\u00a0', '\u200b', '\ufeff', '\u061c') }),
);

describe('what is printed cannot command a terminal', () => {
  it('whatever the text is, its lines and letters stay', () => {
    return fc.assert(
      fc.property(text, (any) => {
        const shown = printable(any);
        expect(shown.replaceAll('\r\n', '\n')).not.toMatch(COMMANDS_A_TERMINAL);
        expect(shown.split('\n')).toHaveLength(any.split('\n').length);
      }),
      { numRuns: 2_000 },
    );
  });

  it('letters of any script, emoji, tabs and line ends are left as they are', () => {
    expect(printable('尘锋 😀 👩‍👩‍👧 é\tx\ny')).toBe('尘锋 😀 👩‍👩‍👧 é\tx\ny');
  });

  it('JSON stays the same JSON', () => {
    return fc.assert(
      fc.property(text, (any) => expect(JSON.parse(printable(JSON.stringify({ [any]: any })))).toEqual({ [any]: any })),
    );
  });

  it('an id stays in its line, and one that only looks like another looks different', () => {
    return fc.assert(
      fc.property(text, text, (a, b) => {
        expect(printableId(a)).not.toMatch(/[\n\t]/);
        if (a !== b && !`${a}${b}`.includes('\\')) expect(printableId(a)).not.toBe(printableId(b));
      }),
    );
  });

  it('what cannot be seen in an id is shown', () => {
    expect(printableId('a\u200bb\ufeff c\u00a0d\n')).toBe('a\\u200bb\\ufeff c\\u00a0d\\u000a');
  });
});

describe('every command shows what came from outside, escaped', () => {
  const envelope = (body: unknown) =>
    JSON.stringify({ id: HOSTILE, event: 'CRM_MERGE', action: 'CRM_CONTACT_MERGED', body });
  const merge = { mainID: 'a', mergedIDs: ['b'], changed: { remark: HOSTILE }, triggerTs: 1_686_107_367 };
  const answered = async () => new Response('{"code":1}', { status: 200 });
  const refused = async () => new Response(HOSTILE, { status: 401 });
  const files = {
    'event.json': envelope(merge),
    'mapping.json': '{"remark":"nickname"}',
    'wrong.json': JSON.stringify({ [HOSTILE]: 'x' }),
    'crm.json': JSON.stringify({ crm: { kind: 'http', [HOSTILE]: 1 } }),
    'door.json': JSON.stringify({ keys: [], [HOSTILE]: 1 }),
    [HOSTILE]: HOSTILE,
  };
  const commands: { args: string[]; stdin?: string }[] = [
    { args: ['send', 'event.json'] },
    { args: ['send', 'event.json', '--json'] },
    { args: ['send', 'event.json', '--id', HOSTILE] },
    { args: ['send', HOSTILE] },
    { args: ['decrypt'], stdin: envelope(sealed(JSON.stringify(HOSTILE), { receiveId: HOSTILE })) },
    { args: ['decrypt'], stdin: envelope(sealed(`text ${HOSTILE}`, { receiveId: HOSTILE })) },
    { args: ['decrypt', '--json'], stdin: envelope(sealed(`text ${HOSTILE}`, { receiveId: HOSTILE })) },
    { args: ['decrypt', `missing${HOSTILE}`] },
    { args: ['map', '--check', 'mapping.json', '--event', 'event.json'] },
    { args: ['map', '--check', 'mapping.json', '--event', 'event.json', '--json'] },
    { args: ['map', '--check', 'wrong.json'] },
    { args: ['doctor', '--crm', 'crm.json'] },
    { args: ['doctor', '--door', 'door.json', '--json'] },
    { args: ['verify-url', '--url', HOSTILE] },
    { args: ['show', HOSTILE] },
    { args: ['who', HOSTILE, '--local', `http://${HOSTILE}`] },
    { args: ['events', '--state', HOSTILE] },
    { args: [HOSTILE] },
    { args: ['send', `--${HOSTILE}`] },
  ];
  it.each(commands)('$args', async ({ args, stdin = '' }) => {
    const keys = { DUSTESS_TOKEN: KEYS.token, DUSTESS_ENCODING_AES_KEY: KEYS.encodingAesKey };
    const env = args[0] === 'decrypt' ? keys : { ...keys, DUSTESS_RECEIVE_ID: 'any' };
    for (const fetch of [answered, refused]) {
      const { out, err } = await run(args, { env, files, stdin, fetch });
      expect(`${out}${err}`).not.toBe('');
      expect(`${out}\n${err}`).not.toMatch(COMMANDS_A_TERMINAL);
    }
  });

  it('an id cannot forge a line', async () => {
    const { out } = await run(['send', '--id', 'x\nmerge-sync: accepted'], { fetch: answered });
    expect(out).toContain('event x\\u000amerge-sync');
  });
});
