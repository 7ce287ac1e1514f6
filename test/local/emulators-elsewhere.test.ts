import { SAMPLE_ENVELOPE } from '../../lib/dustess/sample.ts';
import { viewEvent } from './sender.ts';
import { groupIsGone, killAll, spawnStack, startStack } from './stack-process.ts';

afterAll(killAll);

const { AWS_ENDPOINT_URL_DYNAMODB = '', AWS_ENDPOINT_URL_SQS = '' } = process.env;

describe('with AWS_ENDPOINT_URL_DYNAMODB and AWS_ENDPOINT_URL_SQS', () => {
  it('keeps everything in the emulators that run there, and finds it again', async () => {
    const env = { AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL_SQS };
    const first = await startStack(env);
    expect(await viewEvent(first.url, SAMPLE_ENVELOPE.id)).toMatchObject({ state: 'applied' });
    await first.end();
    const second = await startStack(env);
    expect(await viewEvent(second.url, SAMPLE_ENVELOPE.id)).toMatchObject({ state: 'applied' });
    expect(second.stdout()).toContain('an earlier start has handled this event');
    await second.end();
  });

  it.each([
    [{ AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1', AWS_ENDPOINT_URL_SQS }, 'The tables', 'DYNAMODB'],
    [{ AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1' }, 'The queues', 'SQS'],
  ])('says so when nothing listens there: %j', async (env, what, service) => {
    const { child, text } = spawnStack(env);
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(1);
    const sentence = `^${what} cannot be opened \\(.*\\): does anything listen at AWS_ENDPOINT_URL_${service}\\?\n$`;
    expect(text.stderr).toMatch(new RegExp(sentence));
    expect(await groupIsGone(child)).toBe(true);
  });
});
