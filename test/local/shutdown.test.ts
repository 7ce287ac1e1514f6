import { KEYS_ENV, mergeBody, post, sealedEnvelope } from './sender.ts';
import { startSilentCrm } from './silent-crm.ts';
import { groupIsGone, killAll, startStack } from './stack-process.ts';

const PATIENCE_MS = 60_000;

afterAll(killAll);

// Within 5 s on a machine that has time for it: it ends itself then, with 1 where something was still open.
describe('stopping the embedded stack', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s ends it and leaves no process', async (signal) => {
    const stack = await startStack({ SAMPLE: '0' });
    expect(await stack.end(signal)).toBe(0);
    expect(await groupIsGone(stack.child, PATIENCE_MS)).toBe(true);
    await expect(fetch(`${stack.url}/healthz`)).rejects.toThrow();
  });

  it('SIGTERM to npm itself ends everything below it', async () => {
    const npm = await startStack({ SAMPLE: '0' }, ['npm', 'start', '--no-update-notifier']);
    await npm.end('SIGTERM');
    expect(await groupIsGone(npm.child, PATIENCE_MS)).toBe(true);
  });

  it('does not wait for a CRM that never answers', async () => {
    const crm = await startSilentCrm();
    const stack = await startStack({ ...KEYS_ENV, ...crm.env, SAMPLE: '0' });
    await post(`${stack.url}/callback/local`, sealedEnvelope('stuck', mergeBody('a', ['b'])));
    await crm.asked;
    expect([0, 1]).toContain(await stack.end('SIGTERM'));
    expect(await groupIsGone(stack.child, PATIENCE_MS)).toBe(true);
    await crm.close();
  });

  it('a second signal ends it at once', async () => {
    const crm = await startSilentCrm();
    const stack = await startStack({ ...KEYS_ENV, ...crm.env, SAMPLE: '0' });
    await post(`${stack.url}/callback/local`, sealedEnvelope('stuck', mergeBody('a', ['b'])));
    await crm.asked;
    stack.child.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(await stack.end('SIGINT')).toBe(1);
    await crm.close();
  });
});
