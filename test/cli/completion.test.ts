import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { completionScript, SHELLS } from '../../lib/cli/completion-scripts.ts';
import { run } from './console.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'merge-sync-completion-'));
afterAll(() => rmSync(folder, { recursive: true }));

const script = async (shell: string, env = {}) => (await run(['completion', shell], { env })).out;

describe('merge-sync completion', () => {
  it.each(SHELLS)('%s: has every command and every option of its own', async (shell) => {
    const text = await script(shell);
    const { out } = await run(['--help'], { env: {} });
    const names = [...out.matchAll(/^ {2}([a-z-]+) (?:\[|<)/gm)].flatMap(([, name = '']) =>
      name === 'help' ? [] : name,
    );
    expect(names.length).toBeGreaterThan(15);
    for (const name of names) {
      expect(text).toMatch(new RegExp(`\\b${name}\\b`));
      const help = (await run([name, '--help'], { env: {} })).out;
      for (const [, flag = ''] of help.matchAll(/^ {2}(?:-\w, )?--([a-z-]+)/gm)) expect(text).toContain(flag);
    }
  });

  it('in bash completes commands, the options of the command, and the values of an option', async () => {
    const file = path.join(folder, 'completion.bash');
    writeFileSync(file, await script('bash'));
    const completed = (...words: string[]) => {
      const line = words.map((word) => `'${word}'`).join(' ');
      const ask = `source '${file}'; COMP_WORDS=(merge-sync ${line}); COMP_CWORD=${words.length}; _merge_sync; echo "\${COMPREPLY[@]}"`;
      return execFileSync('bash', ['--norc', '-c', ask], { encoding: 'utf8' }).trim().split(' ');
    };
    expect(completed('re')).toEqual(['replay', 'release']);
    expect(completed('settle', '--')).toEqual(expect.arrayContaining(['--done', '--not-done', '--tenant', '--help']));
    expect(completed('who', '--t').sort()).toEqual(['--tenant', '--tree']);
    expect(completed('events', '--state', 'p')).toEqual(['parked']);
    expect(completed('bogus', '--')).toEqual(['']);
  });

  it.each(SHELLS)('%s: what a description holds cannot end its quotes', (shell) => {
    const hostile = { name: 'x', summary: "it's $(touch nothing)", options: [] };
    const text = completionScript(shell, [hostile]);
    expect(text).not.toMatch(/[^\\']'s \$\(/);
  });

  it('describes in the language of the terminal', async () => {
    expect(await script('fish', { LANG: 'zh_CN.UTF-8' })).toContain('放行被拦下的事件');
    expect(await script('zsh')).toContain('let held events go on');
  });

  it('of a shell that it does not know says which it knows', async () => {
    expect(await run(['completion', 'tcsh'], { env: {} })).toMatchObject({
      code: 2,
      err: expect.stringContaining('Allowed choices are bash, zsh, fish'),
    });
  });
});
