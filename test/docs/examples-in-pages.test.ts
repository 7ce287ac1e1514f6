import type { SQSClient } from '@aws-sdk/client-sqs';
import { createOutcomes } from '../../lib/aws/outcomes.ts';
import { createCommandHttpCrm } from '../../lib/crm/http/command-http.ts';
import { ENGLISH } from '../../lib/local/story/words.ts';
import { startRecordingServer } from '../contracts/recording-server.ts';
import { readPage } from './page.ts';

const fences = ['README.md', 'docs/crms.md', 'docs/operating.md'].flatMap((file) => readPage(file).fences);
const json = fences.filter(({ language }) => language === 'json').map(({ code }) => JSON.parse(code));

it('the command is what the adapter sends for it', async () => {
  const command = json.find(({ type }) => type === 'contact.merged');
  const server = await startRecordingServer(() => ({ status: 204 }));
  const now = () => 1_795_492_174_000;
  const crm = createCommandHttpCrm({
    endpoint: `${server.url}/merges`,
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    fetch,
    now,
    timeoutMs: 20_000,
  });
  await crm.send(command.data, command.data.eventId);
  await server.close();
  const [sent] = server.requests;
  expect(sent?.body).toBe(JSON.stringify(command));
  const shown = fences.find(({ language }) => language === 'http')?.code.split('\n') ?? [];
  expect(shown[0]).toBe(`${sent?.method} ${sent?.url} HTTP/1.1`);
  for (const line of shown.slice(1, -1)) {
    const [name = '', value] = line.split(': ');
    if (name === 'webhook-signature') expect(value).toMatch(/^v1,[\w+/]{43}=$/);
    else expect([name, sent?.headers[name]]).toEqual([name, value]);
  }
});

it('the outcome is what the queue gets for it', async () => {
  const {
    type: _type,
    version: _version,
    loserCount: _count,
    at,
    ...outcome
  } = json.find(({ type }) => type === 'contact.merge.concluded');
  const bodies: string[] = [];
  const client = { send: async ({ input }: { input: { MessageBody: string } }) => void bodies.push(input.MessageBody) };
  const outcomes = createOutcomes({ client: client as unknown as SQSClient, queueUrl: 'q' });
  await outcomes.publish({ ...outcome, at: Date.parse(at) });
  expect(JSON.parse(bodies[0] ?? '')).toEqual(json.find(({ type }) => type === 'contact.merge.concluded'));
});

it('the first minute is told in the words of npm start', () => {
  const story = fences.find(({ code }) => code.startsWith(ENGLISH.happened))?.code ?? '';
  const run = {
    verified: true,
    bytes: 2_458,
    answer: '{"code":1,"msg":"成功"}',
    state: 'applied',
    tookMs: 1,
    crmCalls: 1,
  };
  const sample = { ...run, status: 200, known: false, reason: undefined, before: [], after: [] };
  const { verified, delivered, checked, outcome, ready, survivor, loser, gone } = ENGLISH;
  const told = [verified(sample), delivered(sample), checked(sample), outcome(sample), survivor, loser, gone];
  for (const text of [...told, ready('1.0', 'http://127.0.0.1:3000/callback/local')])
    expect(withoutNumbers(story)).toContain(withoutNumbers(text));
});

const withoutNumbers = (text: string) => text.replace(/\d+(\.\d+)?/g, 'N');
