import stopEmulators from '../emulators/stop.mjs';

/** Jest's globalTeardown. */
export default async function stop() {
  await stopEmulators();
  await globalThis.dynamodbLocal?.stop();
}
