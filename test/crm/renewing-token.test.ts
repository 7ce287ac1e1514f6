import { createRenewingToken } from '../../lib/crm/renewing-token.ts';
import { CrmError } from '../../lib/errors.ts';

const NOW = Date.UTC(2026, 10, 24);

/** Answers in turn; the last one again and again. */
function renewing(...answers: (string | CrmError)[]) {
  const clock = { now: NOW };
  let requests = 0;
  const request = async () => {
    const answer = answers[Math.min(requests, answers.length - 1)];
    requests += 1;
    if (answer instanceof CrmError) throw answer;
    return answer ?? '';
  };
  return { ...createRenewingToken('crm', request, () => clock.now), clock, requests: () => requests };
}

const kindOf = async (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'no failure',
    (error: unknown) => (error as CrmError).kind,
  );

describe('a token that renews itself', () => {
  it('is asked for once by all who need it at once', async () => {
    const { token, renew, requests } = renewing('token-1', 'token-2');
    expect(new Set(await Promise.all([token(), token(), token()]))).toEqual(new Set(['token-1']));
    const second = await Promise.all([renew('token-1'), renew('token-1'), renew('token-1')]);
    expect(new Set(second)).toEqual(new Set(['token-2']));
    expect(await renew('token-1')).toBe('token-2');
    expect(requests()).toBe(2);
  });

  it('refused for lack of rights is not asked for again for a minute, and then it is', async () => {
    const { token, clock, requests } = renewing(new CrmError('auth', 'no'), 'token-1');
    for (let time = 0; time < 3; time++) expect(await kindOf(token())).toBe('auth');
    clock.now += 59_999;
    expect(await kindOf(token())).toBe('auth');
    expect(requests()).toBe(1);
    clock.now += 1;
    expect(await token()).toBe('token-1');
  });

  it('refused for a time is not asked for before that time', async () => {
    const { token, clock, requests } = renewing(
      new CrmError('retry-after', 'busy', { retryAt: NOW + 600_000 }),
      'token-1',
    );
    expect(await kindOf(token())).toBe('retry-after');
    clock.now += 599_999;
    expect(await kindOf(token())).toBe('retry-after');
    expect(requests()).toBe(1);
    clock.now += 1;
    expect(await token()).toBe('token-1');
  });

  it.each(['retry-soon', 'ambiguous', 'permanent'] as const)(
    'that failed otherwise (%s) is asked for by the next call',
    async (kind) => {
      const { token, requests } = renewing(new CrmError(kind, 'failed'), 'token-1');
      expect(await kindOf(token())).toBe(kind);
      expect(await token()).toBe('token-1');
      expect(requests()).toBe(2);
    },
  );

  it('given out again though it was just rejected is refused', async () => {
    const { token, renew } = renewing('token-1');
    await token();
    expect(await kindOf(renew('token-1'))).toBe('auth');
  });

  it('once given, makes an earlier refusal forgotten', async () => {
    const { token, renew, clock } = renewing(new CrmError('auth', 'no'), 'token-1', 'token-2');
    await kindOf(token());
    clock.now += 60_000;
    expect(await token()).toBe('token-1');
    expect(await renew('token-1')).toBe('token-2');
  });
});
