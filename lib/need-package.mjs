/**
 * A package that only a complete install has.
 *
 * @template T
 * @param {string} name of the package
 * @param {() => Promise<T>} load imports it
 * @returns {Promise<T>}
 * @throws {Error} saying what to run, where the package was left out or never installed
 */
export async function needPackage(name, load) {
  try {
    return await load();
  } catch (error) {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Error(
      `The package ${name} is missing. Run \`npm ci\` in the folder of the checkout, ` +
        'without --omit=dev and without NODE_ENV=production.',
    );
  }
}

/** Lets this process import the checkout's TypeScript, whatever tsconfig.json lies in the current folder. */
export async function loadTypescript() {
  const { register } = await needPackage('tsx', () => import('tsx/esm/api'));
  register({ tsconfig: false });
}
