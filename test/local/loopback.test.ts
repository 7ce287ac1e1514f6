import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { killAll, type StackProcess, startStack } from './stack-process.ts';

let stack: StackProcess;

beforeAll(async () => {
  stack = await startStack({ SAMPLE: '0' });
});
afterAll(async () => {
  await stack?.end();
  killAll();
});

const portOf = (url: string) => Number(new URL(url).port);

const answers = (host: string, port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ host, port, timeout: 30_000 });
    const tell = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', () => tell(true));
    socket.once('error', () => tell(false));
    socket.once('timeout', () => tell(false));
  });

describe('everything the embedded stack listens on', () => {
  it('is out of reach from any other address of this machine', async () => {
    const others = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
    const hosts = [...others, '127.0.0.2'].filter((address) => address !== '127.0.0.1' && !address.startsWith('fe80'));
    for (const port of [portOf(stack.url), portOf(stack.demoUrl)]) {
      expect(await answers('127.0.0.1', port)).toBe(true);
      for (const host of hosts) expect({ host, answers: await answers(host, port) }).toEqual({ host, answers: false });
    }
  });

  // Where the kernel can be asked, it also covers the ports that are not printed: the emulators'.
  const hasProc = existsSync('/proc/self/net/tcp');
  (hasProc ? it : it.failing)('is bound to 127.0.0.1: callback, demo CRM and both emulators', () => {
    const addresses = listeningAddresses(stack.child.pid ?? 0);
    expect(addresses.length).toBeGreaterThanOrEqual(4);
    expect(new Set(addresses)).toEqual(new Set(['0100007F']));
  });
});

/** Local addresses, as the kernel writes them, of the listening sockets that a process has open. */
function listeningAddresses(pid: number): string[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap(
      (fd) => /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1] ?? [],
    ),
  );
  const LISTEN = '0A';
  return ['tcp', 'tcp6'].flatMap((family) =>
    readFileSync(`/proc/${pid}/net/${family}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => columns[3] === LISTEN && inodes.has(columns[9] ?? ''))
      .map((columns) => columns[1]?.split(':')[0] ?? ''),
  );
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return ''; // Closed in the meantime.
  }
}
