/**
 * The emulators of the embedded stack in one process of their own, on free loopback ports, all in memory.
 * Tells its parent the endpoints over the IPC channel and ends when that channel closes, however the parent died.
 */
import { startEmulators } from '../../lib/local/emulators.ts';

process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => {}); // Ctrl-C reaches the whole group: the tests end first, this process with them.

const { dynamodb, sqs } = await startEmulators({});
process.send({ dynamodb, sqs });
