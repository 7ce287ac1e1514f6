import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ChildOrder, ChildReport } from './child.ts';

const ROOT = path.join(__dirname, '..', '..');
const ESBUILD = path.join(ROOT, 'node_modules', '.bin', 'esbuild');

/** One bundle for many short lives: it starts in a fifth of the time. */
export function bundleChild() {
  const folder = mkdtempSync(path.join(tmpdir(), 'crash-'));
  const program = path.join(folder, 'child.cjs');
  const options = ['--bundle', '--platform=node', '--format=cjs', '--log-level=error', `--outfile=${program}`];
  execFileSync(ESBUILD, [path.join(__dirname, 'child.ts'), ...options]);
  return { run: (order: ChildOrder) => runChild(program, order), remove: () => rmSync(folder, { recursive: true }) };
}

/** @returns the child's report, or `killed` where it died as it was told. @throws when it ended in any other way. */
async function runChild(program: string, order: ChildOrder): Promise<ChildReport | 'killed'> {
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(order));
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += String(chunk);
  });
  const [code, signal] = await once(child, 'close');
  if (signal === 'SIGKILL') return 'killed';
  if (code !== 0) throw new Error(`the child ended with ${code ?? signal}`);
  return JSON.parse(output) as ChildReport;
}
