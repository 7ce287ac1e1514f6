import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';

const NEWLINE = 10;

/**
 * What the command's file exports. Of its parts only those are compiled that are imported, when they are.
 *
 * @param {string} file as `infra/command/build.mjs` writes it
 * @throws {Error} where the file cannot be read, or is no bundle
 */
export function loadBundle(file) {
  const bytes = readFileSync(file);
  const begin = bytes.indexOf(NEWLINE) + 1;
  const index = JSON.parse(bytes.toString('utf8', 0, begin));
  const requireOfNode = createRequire(import.meta.url);
  const loaded = new Map();
  const load = (name) => {
    if (!Object.hasOwn(index, name)) return requireOfNode(name);
    const known = loaded.get(name);
    if (known) return known.exports;
    const module = { exports: {} };
    loaded.set(name, module);
    const [start, length] = index[name];
    const code = bytes.toString('utf8', begin + start, begin + start + length);
    compileFunction(code, ['exports', 'require', 'module'], { filename: `merge-sync/${name.slice(2)}` })(
      module.exports,
      load,
      module,
    );
    return module.exports;
  };
  return load('./main.js');
}
