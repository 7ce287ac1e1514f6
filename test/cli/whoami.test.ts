import { run } from './console.ts';

const STACK = {
  tenant: 'local',
  eventsTable: 'events',
  ledgerTable: 'ledger',
  queueUrl: 'http://127.0.0.1:4566/000000000000/events',
  dynamodb: 'http://127.0.0.1:8000/',
  sqs: 'http://127.0.0.1:4566/',
  outcomesQueueUrl: 'http://127.0.0.1:4566/000000000000/outcomes',
  demoCrm: null,
};
const world = { env: { USER: 'ada' }, fetch: async () => Response.json(STACK) };

describe('merge-sync whoami', () => {
  it('shows where a command works, and the name that is kept with what is done', async () => {
    expect(await run(['whoami', '--local'], world)).toEqual({
      code: 0,
      out: 'local     http://127.0.0.1:3000\ntenant    local\noperator  ada',
      err: '',
    });
  });

  it('prints JSON for scripts', async () => {
    const { out } = await run(['whoami', '--local', 'http://127.0.0.1:3100', '--by', 'Bo', '--json'], world);
    expect(JSON.parse(out)).toEqual({ local: 'http://127.0.0.1:3100', tenant: 'local', operator: 'Bo' });
  });

  it('says it in Chinese', async () => {
    const { out } = await run(['whoami', '--local'], { ...world, env: { USER: 'ada', LANG: 'zh_CN.UTF-8' } });
    expect(out).toBe('本机  http://127.0.0.1:3000\n租户  local\n操作人  ada');
  });

  it('without a deployment says how to name one', async () => {
    expect(await run(['whoami'], { env: {} })).toMatchObject({
      code: 2,
      err: expect.stringContaining('--profile NAME'),
    });
  });
});
