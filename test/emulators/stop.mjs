/** Jest's globalTeardown: closing the channel ends the emulators' process. */
export default async function stop() {
  const child = globalThis.emulators;
  if (!child || child.exitCode !== null) return;
  await new Promise((resolve) => {
    child.once('exit', resolve);
    child.ref();
    child.disconnect();
  });
}
