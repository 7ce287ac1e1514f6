import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../free-port.mjs';

const READY_WITHIN_MS = 60_000;
const run = promisify(execFile);

/**
 * A real Tryton (Debian's tryton-server and tryton-modules-party) with an empty SQLite database, on loopback.
 * Everything it keeps is in a folder of its own and goes when it stops.
 */
export async function startTryton() {
  const folder = await mkdtemp(join(tmpdir(), 'tryton-'));
  const port = await freePort();
  const settings = join(folder, 'trytond.conf');
  const password = 'only-for-this-run';
  const env = { ...process.env, TRYTONPASSFILE: join(folder, 'password') };
  await writeFile(env.TRYTONPASSFILE, password);
  await writeFile(join(folder, 'passlib.ini'), '[passlib]\nschemes = pbkdf2_sha512\npbkdf2_sha512__rounds = 1000\n');
  await writeFile(join(folder, 'crm.sqlite'), '');
  await writeFile(settings, configuration(folder, port));
  await run('trytond-admin', ['-c', settings, '-d', 'crm', '--all', '--email', 'admin@example.com'], { env });
  await run('trytond-admin', ['-c', settings, '-d', 'crm', '-u', 'party', '--activate-dependencies'], { env });

  const log = join(folder, 'log');
  const server = spawn('trytond', ['-c', settings], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const file = createWriteStream(log);
  server.stdout.pipe(file);
  server.stderr.pipe(file, { end: false });
  const baseUrl = `http://127.0.0.1:${port}`;
  const stop = async () => {
    if (server.exitCode === null && server.signalCode === null) {
      server.kill();
      await once(server, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilItAnswers(`${baseUrl}/crm/`, server);
  } catch (error) {
    await stop();
    throw error;
  }
  return { baseUrl, database: 'crm', username: 'admin', password, stop };
}

const configuration = (folder, port) => `[database]
uri = sqlite://
path = ${folder}
[web]
listen = 127.0.0.1:${port}
root = ${folder}
[password]
passlib = ${join(folder, 'passlib.ini')}
`;

/** 401 is an answer: it is there, and the database too. */
async function untilItAnswers(url, server) {
  const until = Date.now() + READY_WITHIN_MS;
  const request = { method: 'POST', headers: { 'content-type': 'application/json' } };
  const body = JSON.stringify({ id: 1, method: 'model.party.party.search', params: [[], {}] });
  while (Date.now() < until) {
    if (server.exitCode !== null) throw new Error(`trytond ended with exit code ${server.exitCode}`);
    const status = await fetch(url, { ...request, body }).then(
      (response) => response.status,
      () => undefined,
    );
    if (status === 401) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`trytond did not answer within ${READY_WITHIN_MS / 1000} s`);
}
