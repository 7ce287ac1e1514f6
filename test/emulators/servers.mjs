/**
 * DynamoDB and SQS emulators in one process of their own, on free loopback ports, all in memory.
 * Tells its parent the endpoints over the IPC channel and ends when that channel closes, however the parent died.
 */
import dynalite from 'dynalite';
import { buildApp } from 'fauxqs';

const HOST = '127.0.0.1';

process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => {}); // Ctrl-C reaches the whole group: the tests end first, this process with them.

process.send({ dynamodb: await startDynamodb(), sqs: await startSqs() });

function startDynamodb() {
  const server = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, HOST, () => resolve(`http://${HOST}:${server.address().port}`));
  });
}

function startSqs() {
  return buildApp({ logger: false }).listen({ host: HOST, port: 0 });
}
