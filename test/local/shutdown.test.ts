import { KEYS_ENV, mergeBody, post, sealedEnvelope } from './sender.ts';
import { startSilentCrm } from './silent-crm.ts';
import { groupIsGone, killAll, startStack } from './stack-process.ts';

afterAll(killAll);

describe('stopping the embedded stack', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s ends it within 5 s and leaves no process', async (signal) => {
    const stack = await startStack({ SAMPLE: '0' });
    const began = Date.now();
    expect(await stack.end(signal)).toBe(0);
    expect(Date.now() - began).toBeLessThan(5_000);
    expect(await groupIsGone(stack.child)).toBe(true);
    await expect(fetch(`${stack.url}/healthz`)).rejects.toThrow();
  });

  it('SIGTERM to npm itself ends everything below it within 5 s', async () => {
    const npm = await startStack({ SAMPLE: '0' }, ['npm', 'start', '--no-update-notifier']);
    const began = Date.now();
    await npm.end('SIGTERM');
    expect(await groupIsGone(npm.child, 5_000)).toBe(true);
    expect(Date.now() - began).toBeLessThan(5_000);
  });

  it('does not wait for a CRM that never answers', async () => {
    const crm = await startSilentCrm();
    const stack = await startStack({ ...KEYS_ENV, ...crm.env, SAMPLE: '0' });
    await post(`${stack.url}/callback/local`, sealedEnvelope('stuck', mergeBody('a', ['b'])));
    await crm.asked;
    const began = Date.now();
    await stack.end('SIGTERM');
    expect(Date.now() - began).toBeLessThan(5_000);
    expect(await groupIsGone(stack.child)).toBe(true);
    await crm.close();
  });

  it('a second signal ends it at once', async () => {
    const crm = await startSilentCrm();
    const stack = await startStack({ ...KEYS_ENV, ...crm.env, SAMPLE: '0' });
    await post(`${stack.url}/callback/local`, sealedEnvelope('stuck', mergeBody('a', ['b'])));
    await crm.asked;
    stack.child.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 700));
    const began = Date.now();
    expect(await stack.end('SIGINT')).toBe(1);
    expect(Date.now() - began).toBeLessThan(1_000);
    await crm.close();
  });
});
