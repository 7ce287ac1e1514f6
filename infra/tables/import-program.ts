import { writeFileSync } from 'node:fs';
import { runOsls } from '../osls.ts';
import { readPackaged } from '../packaged.ts';
import { runProgram } from '../program.ts';
import { importCommands, importFiles } from './import-template.ts';

const TEMPLATE_FILE = '.serverless/import-template.json';
const RESOURCES_FILE = '.serverless/import-resources.json';

// What `npm run package:import` runs: no account and no network is needed.
await runProgram(async () => {
  await runOsls(['package', ...process.argv.slice(2)]);
  const { stackName, region, template } = readPackaged();
  const files = importFiles(template);
  writeFileSync(TEMPLATE_FILE, JSON.stringify(files.template, null, 2));
  writeFileSync(RESOURCES_FILE, JSON.stringify(files.resources, null, 2));
  const commands = importCommands(stackName, region, TEMPLATE_FILE, RESOURCES_FILE);
  process.stdout.write(`${TEMPLATE_FILE} and ${RESOURCES_FILE} are written. Now run, one after the other:\n\n`);
  for (const command of commands) process.stdout.write(`${command}\n`);
  process.stdout.write('\nThen deploy as usual.\n');
});
