import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface LossyProxy {
  url: string;
  /** The answers to the next `count` requests never arrive: the connection breaks instead. */
  loseAnswers(count: number): void;
  /** Answers lost so far. */
  lost(): number;
  close(): Promise<void>;
}

/** A TCP proxy in front of an emulator that lets requests through and may lose what is answered. */
export async function startLossyProxy(endpoint: string): Promise<LossyProxy> {
  const { hostname, port } = new URL(endpoint);
  const sockets = new Set<Socket>();
  let toLose = 0;
  let lost = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    }
    client.on('data', (bytes) => upstream.write(bytes)).on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    upstream.on('data', (bytes) => {
      if (toLose === 0) return client.write(bytes);
      toLose -= 1;
      lost += 1;
      return client.resetAndDestroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    loseAnswers: (count) => {
      toLose = count;
    },
    lost: () => lost,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
