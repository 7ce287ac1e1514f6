import { createHmac } from 'node:crypto';
import { signWebhook, webhookId, webhookKeys } from '../../../lib/crm/http/standard-webhooks.ts';
import { ConfigError } from '../../../lib/errors.ts';

// From the reference library: github.com/standard-webhooks/standard-webhooks, javascript, "sign function works".
const REFERENCE = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  message: { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, body: '{"test": 2432232314}' },
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};

describe('signing a webhook', () => {
  it('gives the signature of the reference library', () => {
    expect(signWebhook(REFERENCE.message, webhookKeys(REFERENCE.secret))).toBe(REFERENCE.signature);
  });

  it('signs with every key while one is being replaced, the first key first', () => {
    const keys = webhookKeys(`${REFERENCE.secret} whsec_${Buffer.from('the next key').toString('base64')}`);
    const [first, second, ...more] = signWebhook(REFERENCE.message, keys).split(' ');
    expect(first).toBe(REFERENCE.signature);
    const { id, timestamp, body } = REFERENCE.message;
    const expected = createHmac('sha256', 'the next key').update(`${id}.${timestamp}.${body}`).digest('base64');
    expect(second).toBe(`v1,${expected}`);
    expect(more).toEqual([]);
  });

  it('signs the UTF-8 bytes of the body', () => {
    const body = '{"name":"张三"}';
    const expected = createHmac('sha256', 'k')
      .update(Buffer.from(`a.1.${body}`, 'utf8'))
      .digest('base64');
    expect(signWebhook({ id: 'a', timestamp: 1, body }, webhookKeys('k'))).toBe(`v1,${expected}`);
  });
});

describe('the secret', () => {
  it('is base64 behind whsec_, with the reference library’s bytes', () => {
    expect(webhookKeys(REFERENCE.secret)).toEqual([Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64')]);
  });

  it('is taken as it stands without whsec_, spaces inside included', () => {
    expect(webhookKeys(' correct horse whsec_battery \n')).toEqual([Buffer.from('correct horse whsec_battery')]);
  });

  it.each(['', ' \n', 'whsec_', 'whsec_not*base64'])(
    'is refused when it cannot be a key, without being quoted: %j',
    (secret) => {
      const attempt = () => webhookKeys(secret);
      expect(attempt).toThrow(ConfigError);
      expect(attempt).not.toThrow('not*base64');
    },
  );
});

describe('the webhook id', () => {
  it('is the idempotency key itself when that is an ordinary word', () => {
    expect(webhookId('5f0c3a52-7d6e-4f7c-9a3e-000000000001_2')).toBe('5f0c3a52-7d6e-4f7c-9a3e-000000000001_2');
  });

  it.each(['a.b', '事件', 'a b', 'a\r\nx-evil: 1', '', 'x'.repeat(201)])(
    'is a digest of a key that could not stand in a header or be signed unambiguously: %j',
    (key) => {
      expect(webhookId(key)).toMatch(/^sha256_[0-9a-f]{64}$/);
      expect(webhookId(key)).toBe(webhookId(key));
      expect(webhookId(key)).not.toBe(webhookId(`${key}.`));
    },
  );
});
