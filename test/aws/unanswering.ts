import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A service that cannot be used: `url` leads to it. */
export interface Unanswering {
  url: string;
  close(): Promise<void>;
}

/** Takes every connection and never answers. */
export async function startSilentServer(): Promise<Unanswering> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => void sockets.add(socket.on('error', () => undefined)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

const LISTENER = `
  const server = require('node:net').createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    console.log(server.address().port);
    process.kill(process.pid, 'SIGSTOP');
  });
`;
const CONNECTS_WITHIN_MS = 1_000;

/** A port on which no connection comes about: its process is stopped, and the connections it has not taken fill its list. */
export async function startUnconnectable(): Promise<Unanswering> {
  const child = spawn(process.execPath, ['-e', LISTENER], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const [line] = await once(child.stdout, 'data');
  const port = Number(String(line));
  const sockets: Socket[] = [];
  while (await isConnecting(port, sockets));
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    child.kill('SIGKILL');
    await exited;
  };
  return { url: `http://127.0.0.1:${port}`, close };
}

async function isConnecting(port: number, sockets: Socket[]): Promise<boolean> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  sockets.push(socket);
  const connected = once(socket, 'connect').then(() => true);
  const timedOut = new Promise<boolean>((resolve) => setTimeout(resolve, CONNECTS_WITHIN_MS, false));
  return Promise.race([connected, timedOut]);
}
